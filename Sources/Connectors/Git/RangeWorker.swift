import Blocking
import Gathering
import Processes

/// Reads ranges of a history, one at a time, and writes their rows.
struct RangeWorker: ~Copyable {
    /// What could not be read, a sentence each.
    private(set) var gaps: [String] = []
    /// Whether the last range was written without counting much anew.
    private(set) var knewCounts = false

    private let git: GitProgram
    private let history: History
    private let request: GatheringRequest
    private let cancellation: Cancellation
    private let detail: LogParser.Detail
    private let mapping: CommitMapping
    private var completion: CountCompletion

    /// Questions about objects after which a batch is written.
    private static let batch = ObjectInspector.batch
    /// Those of the first batch of a range that is read without counting: it shows whether that was right.
    private static let firstBatch = 100

    init(
        _ git: GitProgram, _ settings: GitSettings, _ history: History, _ request: GatheringRequest,
        _ cancellation: Cancellation
    ) throws {
        self.git = git
        self.history = history
        self.request = request
        self.cancellation = cancellation
        detail = settings.skipsStatistics ? .messages : .counts
        mapping = CommitMapping(
            repository: settings.name, sprints: request.sprints, withStatistics: !settings.skipsStatistics)
        completion = try CountCompletion(git, cache: "\(request.storage)/line-counts-1")
    }

    /// Writes the rows of a range. A commit that Git cannot read is told among the gaps, with its message if that
    /// much can be had, and the others are read all the same.
    mutating func scan(_ range: Range<Int>, piece: Int) throws {
        let stream = try request.output.stream(piece: piece)
        var next = range.lowerBound
        if detail == .counts, completion.canKnowCounts {
            do {
                try read(next..<range.upperBound, .changes, &next, stream)
            } catch is ProcessError {
                // What is wrong, if it matters, shows again below.
                try cancellation.check()
            }
            knewCounts = next == range.upperBound
        }
        while next < range.upperBound {
            do {
                try read(next..<range.upperBound, detail, &next, stream)
            } catch let error as ProcessError {
                try cancellation.check()
                try readUnreadable(next, because: error, stream)
                next += 1
            }
        }
        try request.output.finish(stream, piece: piece)
    }

    /// Reads commits until the range or what Git can read ends; `next` is the first that was not written.
    ///
    /// With the detail `changes` it also returns, before the end, when the counts of most commits are not known.
    private mutating func read(
        _ range: Range<Int>, _ detail: LogParser.Detail, _ next: inout Int, _ stream: RecordStream
    ) throws {
        let process = try Process.start(
            git.command(LogParser.arguments(detail), input: .bytes(history.list(range))))
        let interruption = completion.interruption
        try cancellation.onCancel {
            process.terminate(grace: .seconds(1))
            interruption()
        } during: {
            var parser = LogParser(NULReader { buffer in try process.read(into: &buffer) })
            var batch: [Commit] = []
            var questions = 0
            var limit = detail == .changes ? Self.firstBatch : Self.batch
            while let commit = try parser.next() {
                guard next + batch.count < range.upperBound else { throw GitError(.unexpectedOutput, subject: "log") }
                // The last one of the batch is whole only now that another follows.
                if questions >= limit {
                    guard try write(&batch, detail, from: &next, stream) else { return process.terminate(grace: .zero) }
                    (questions, limit) = (0, Self.batch)
                }
                questions += 1 + commit.changes.count
                batch.append(commit)
            }
            let exit = try process.wait()
            if !exit.isSuccess, !batch.isEmpty { batch.removeLast() }
            guard try write(&batch, detail, from: &next, stream) else { return }
            try exit.requireSuccess()
            guard next == range.upperBound else { throw GitError(.unexpectedOutput, subject: "log") }
        }
    }

    /// Writes what can be had of a commit whose changes cannot be read.
    private mutating func readUnreadable(_ place: Int, because error: ProcessError, _ stream: RecordStream) throws {
        let id = try history.id(of: place).text
        var next = place
        guard detail != .messages else { return gaps.append("commit \(id) cannot be read") }
        do {
            try read(place..<(place + 1), .messages, &next, stream)
            gaps.append("the changes of commit \(id) cannot be read")
        } catch is ProcessError {
            try cancellation.check()
            gaps.append("commit \(id) cannot be read")
        }
    }

    /// Writes a batch and empties it; false, with nothing written, when the counts of most of it are not known.
    private mutating func write(
        _ batch: inout [Commit], _ detail: LogParser.Detail, from next: inout Int, _ stream: RecordStream
    ) throws -> Bool {
        guard !batch.isEmpty else { return true }
        guard try completion.complete(&batch, detail, cancellation) else { return false }
        for (offset, commit) in batch.enumerated() {
            try mapping.write(commit, branch: history.branch(of: next + offset), to: stream)
        }
        request.activity.advance(by: batch.count)
        next += batch.count
        batch.removeAll(keepingCapacity: true)
        return true
    }
}
