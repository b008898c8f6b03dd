import Blocking
import Dispatch
import Processes
import Synchronization

/// The branch on which each commit of a history was made, worked out beside the reading of the commits: whoever asks too
/// early waits.
final class BranchNames: Sendable {
    private struct Attribution {
        /// For each place of the history that of the branch in `names`, or -1.
        let branches: [Int32]
        let names: [String]
    }

    private let commits: CommitList
    /// Given up when the work begins: it is as large as the history is long.
    private let graph: Mutex<CommitGraph?>
    private let attribution = Mutex<Result<Attribution, any Error>?>(nil)
    private let isWorkedOut = DispatchSemaphore(value: 0)

    init(_ commits: CommitList, _ graph: CommitGraph) {
        self.commits = commits
        self.graph = Mutex(graph)
    }

    /// Does the work, once.
    func workOut(_ git: GitProgram, _ cancellation: Cancellation) throws {
        guard let graph = graph.withLock({ $0.take() }) else { return }
        let result = Result {
            let merges = try graph.merges.map { try commits.id(at: Int($0)) }
            let found = BranchAttribution(graph, try Self.merged(git, merges, cancellation))
            return Attribution(branches: found.branches, names: found.names)
        }
        attribution.withLock { $0 = result }
        isWorkedOut.signal()
        _ = try result.get()
    }

    /// The branch of the commit at a place, as the merge that brought it says; `0` when unknown.
    /// - Throws: what kept it from being known.
    func name(of place: Int) throws -> String {
        isWorkedOut.wait()
        isWorkedOut.signal()
        guard let known = try attribution.withLock({ try $0?.get() }), known.branches[place] >= 0 else { return "0" }
        return known.names[Int(known.branches[place])]
    }

    /// The branch that each merge says it brought.
    private static func merged(
        _ git: GitProgram, _ merges: [ObjectID], _ cancellation: Cancellation
    ) throws -> [String?] {
        guard !merges.isEmpty else { return [] }
        let ids = merges.flatMap { $0.bytes + [UInt8(ascii: "\n")] }
        let command = git.command(
            ["log", "--no-walk=unsorted", "--stdin", "-s", "-z", "--encoding=UTF-8", "--format=tformat:%B"],
            input: .bytes(ids))
        let process = try Process.start(command)
        return try cancellation.onCancel {
            process.terminate(grace: .seconds(2))
        } during: {
            var reader = NULReader { buffer in try process.read(into: &buffer) }
            var names: [String?] = []
            names.reserveCapacity(merges.count)
            while let message = try reader.next() {
                names.append(MergeMessage.branch(in: String(decoding: message, as: UTF8.self)))
            }
            try process.wait().requireSuccess()
            guard names.count == merges.count else { throw GitError(.unexpectedOutput, subject: "log") }
            return names
        }
    }
}
