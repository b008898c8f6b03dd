import Blocking
import Files
import Processes

/// The commits to gather, oldest first as `git rev-list --reverse` has them, and the branch each came from.
struct History: Sendable {
    /// The commit that the list leads to, and the next cursor.
    let end: ObjectID
    /// Whether nothing was gathered before.
    let isFirst: Bool
    /// How many commits lead to `start` and not to `end`, where that was to be counted.
    let lost: Int?
    /// Newest first.
    private let commits: CommitList
    /// `nil` when branches are not wanted.
    let branches: BranchNames?

    var count: Int { commits.count }

    /// The id of a commit.
    func id(of index: Int) throws(FileError) -> ObjectID { try commits.id(at: count - 1 - index) }

    /// The ids of a range, a line each.
    func list(_ range: Swift.Range<Int>) throws(FileError) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(range.count * 65)
        for id in try commits.ids(at: (count - range.upperBound)..<(count - range.lowerBound)).reversed() {
            id.append(to: &lines)
            lines.append(UInt8(ascii: "\n"))
        }
        return lines
    }

    /// The branch on which a commit was made, as the merge that brought it says; `0` when unknown.
    func branch(of index: Int) throws -> String { try branches?.name(of: count - 1 - index) ?? "0" }

    /// Which commits are wanted: those that lead to `end` and not to `start`.
    struct Range {
        let start: ObjectID?
        let end: ObjectID
        /// Whether those that lead to `start` and not to `end` are counted, in the same walk.
        var countsLost = false
        /// Only those that were committed at this date or later, as Git understands dates.
        let since: String?
        let attributesBranches: Bool

        fileprivate var arguments: [String] {
            guard let start else { return (since.map { ["--since-as-filter=\($0)"] } ?? []) + [end.text] }
            return countsLost ? ["--left-right", "\(start.text)...\(end.text)"] : [end.text, "^\(start.text)"]
        }
    }

    /// Lists commits.
    static func read(_ git: GitProgram, _ wanted: Range, _ cancellation: Cancellation) throws -> History {
        let (end, attributesBranches) = (wanted.end, wanted.attributesBranches)
        let arguments = ["rev-list", "--parents"] + wanted.arguments + ["--"]
        // What the graph tells of was gathered once, so that nothing that is missing is taken for new.
        let command = wanted.countsLost ? git.commandWithGraph(arguments) : git.command(arguments)
        var lost = 0
        var writer = try CommitList.Writer("\(git.repository)/gathering-history")
        var graph = CommitGraph()
        var rest: [UInt8] = []
        try git.stream(command, cancellation) { bytes in
            rest += bytes
            var begin = 0
            while let stop = rest[begin...].firstIndex(of: UInt8(ascii: "\n")) {
                var line = rest[begin..<stop]
                begin = stop + 1
                let side = wanted.countsLost ? line.popFirst() : nil
                if side == UInt8(ascii: "<") {
                    lost += 1
                    continue
                }
                let ids = line.split(separator: UInt8(ascii: " ")).compactMap { ObjectID($0) }
                guard let id = ids.first else { throw GitError(.unexpectedOutput, subject: "rev-list") }
                try writer.append(id)
                if attributesBranches { graph.append(id, parents: ids.dropFirst()) }
            }
            rest.removeFirst(begin)
        }
        let commits = try writer.finish()
        let counted = wanted.countsLost ? lost : nil
        if attributesBranches { try graph.finish(commits) }
        return History(
            end: end, isFirst: wanted.start == nil, lost: counted, commits: commits,
            branches: attributesBranches ? BranchNames(commits, graph) : nil)
    }

    /// Has Git keep the ancestry of the commits in its own quick form, for the walk over both histories after a forced
    /// push. Where that fails, the walk takes twice as long, and that is all.
    func keepGraph(_ git: GitProgram, _ cancellation: Cancellation) throws {
        var line: [UInt8] = []
        end.append(to: &line)
        line.append(UInt8(ascii: "\n"))
        var command = git.commandWithGraph(
            ["commit-graph", "write", "--no-progress", "--stdin-commits"], input: .bytes(line))
        command.errors = .null
        do {
            _ = try git.output(command, cancellation)
        } catch let error as GitError where error.code == .failed {}
    }
}
