import Blocking
import Gathering
import Processes

/// Reads ranges of a history, one at a time, and writes their rows.
struct RangeWorker: ~Copyable {
    /// What could not be read, a sentence each.
    private(set) var gaps: [String] = []

    private let git: GitProgram
    private let history: History
    private let request: GatheringRequest
    private let cancellation: Cancellation
    private let withChanges: Bool
    private var mapping: CommitMapping
    private var inspector: ObjectInspector

    init(
        _ git: GitProgram, _ settings: GitSettings, _ history: History, _ request: GatheringRequest,
        _ cancellation: Cancellation
    ) throws {
        self.git = git
        self.history = history
        self.request = request
        self.cancellation = cancellation
        withChanges = !settings.skipsStatistics
        mapping = CommitMapping(repository: settings.name, sprints: request.sprints, withStatistics: withChanges)
        inspector = try ObjectInspector(git)
    }

    /// Writes the rows of a range. A commit that Git cannot read is told among the gaps, with its message if that
    /// much can be had, and the others are read all the same.
    mutating func scan(_ range: Range<Int>, piece: Int) throws {
        let stream = try request.output.stream(piece: piece)
        var next = range.lowerBound
        while next < range.upperBound {
            do {
                try read(next..<range.upperBound, withChanges: withChanges, &next, stream)
            } catch let error as ProcessError {
                try cancellation.check()
                try readUnreadable(next, because: error, stream)
                next += 1
            }
        }
        try request.output.finish(stream, piece: piece)
    }

    /// Reads commits until the range or what Git can read ends; `next` is the first that was not written.
    private mutating func read(
        _ range: Range<Int>, withChanges: Bool, _ next: inout Int, _ stream: RecordStream
    ) throws {
        let ids = history.commits[range].flatMap { $0.bytes + [UInt8(ascii: "\n")] }
        let process = try Process.start(git.command(LogParser.arguments(withChanges: withChanges), input: .bytes(ids)))
        let interruption = inspector.interruption
        try cancellation.onCancel {
            process.terminate(grace: .seconds(1))
            interruption()
        } during: {
            var parser = LogParser(NULReader { buffer in try process.read(into: &buffer) })
            var batch: [Commit] = []
            var questions = 0
            while let commit = try parser.next() {
                guard next + batch.count < range.upperBound else { throw GitError(.unexpectedOutput, subject: "log") }
                // The last one of the batch is whole only now that another follows.
                if questions >= ObjectInspector.batch {
                    try write(batch, from: next, stream)
                    next += batch.count
                    (batch, questions) = ([], 0)
                }
                questions += 1 + commit.changes.count
                batch.append(commit)
            }
            let exit = try process.wait()
            if !exit.isSuccess, !batch.isEmpty { batch.removeLast() }
            try write(batch, from: next, stream)
            next += batch.count
            try exit.requireSuccess()
            guard next == range.upperBound else { throw GitError(.unexpectedOutput, subject: "log") }
        }
    }

    /// Writes what can be had of a commit whose changes cannot be read.
    private mutating func readUnreadable(_ place: Int, because error: ProcessError, _ stream: RecordStream) throws {
        let id = history.commits[place].text
        var next = place
        guard withChanges else { return gaps.append("commit \(id) cannot be read") }
        do {
            try read(place..<(place + 1), withChanges: false, &next, stream)
            gaps.append("the changes of commit \(id) cannot be read")
        } catch is ProcessError {
            try cancellation.check()
            gaps.append("commit \(id) cannot be read")
        }
    }

    private mutating func write(_ batch: [Commit], from first: Int, _ stream: RecordStream) throws {
        guard !batch.isEmpty else { return }
        let sizes = withChanges ? try inspect(batch, from: first) : []
        var place = 0
        for (offset, commit) in batch.enumerated() {
            let count = withChanges ? 1 + commit.changes.count : 0
            let lines = withChanges ? try renamedLines(commit) : []
            try mapping.write(
                commit, sizes: sizes[place..<(place + count)], renamedLines: lines,
                branch: history.branch(of: first + offset),
                to: stream)
            place += count
        }
        request.activity.advance(by: batch.count)
    }

    /// For each commit its size, then those of its changes' new contents.
    private mutating func inspect(_ batch: [Commit], from first: Int) throws -> [Int?] {
        var ids: [ObjectID] = []
        for (offset, commit) in batch.enumerated() {
            ids.append(history.commits[first + offset])
            ids += commit.changes.map(\.newObject)
        }
        return try inspector.sizes(of: ids)
    }

    /// The lines of the old contents of renamed files, which count as deleted and inserted where renames do not count.
    private mutating func renamedLines(_ commit: Commit) throws -> [Int] {
        var lines: [Int] = []
        for change in commit.changes where change.kind == "R" {
            lines.append(try inspector.lineCount(of: change.oldObject) ?? 0)
        }
        return lines
    }
}
