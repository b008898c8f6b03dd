import Blocking
import Processes

/// Adds to commits as `git log` tells them what it did not tell: counts that are known from earlier comparisons, sizes,
/// and the lines of files that were renamed.
struct CountCompletion: ~Copyable {
    private let git: GitProgram
    private var cache: CountCache
    private var inspector: ObjectInspector

    /// - Parameter cache: the file of what is known.
    init(_ git: GitProgram, cache: String) throws {
        let cache = try CountCache(cache)
        let inspector = try ObjectInspector(git)
        self.git = git
        self.cache = cache
        self.inspector = inspector
    }

    /// Whether anything was known when this began.
    var canKnowCounts: Bool { !cache.wasEmpty }

    /// What may be called from any thread to end a question that takes too long.
    var interruption: @Sendable () -> Void { inspector.interruption }

    /// Completes commits that were read with a detail.
    /// - Returns: false, with no commit complete, when most would have to be counted anew.
    mutating func complete(
        _ commits: inout [Commit], _ detail: LogParser.Detail, _ cancellation: Cancellation
    ) throws -> Bool {
        switch detail {
        case .messages: break
        case .counts: try measure(&commits, storing: true)
        case .changes:
            var unknown: [Int] = []
            for place in commits.indices where try !recall(&commits[place]) { unknown.append(place) }
            guard unknown.count <= commits.count / 2 else { return false }
            if !unknown.isEmpty {
                var counted = try count(unknown.map { commits[$0].id }, cancellation)
                try measure(&counted, storing: true)
                for (place, commit) in zip(unknown, counted) { commits[place] = commit }
            }
            try measure(&commits, storing: false)
        }
        return true
    }

    /// Takes what is known of a commit's changes; false when a count is missing.
    private mutating func recall(_ commit: inout Commit) throws -> Bool {
        for place in commit.changes.indices {
            let change = commit.changes[place]
            guard let entry = try cache.entry(for: change.oldObject, change.newObject) else {
                // A change of the mode alone has no lines to count.
                if change.oldObject == change.newObject { continue }
                return false
            }
            commit.changes[place].insertions = entry.insertions
            commit.changes[place].deletions = entry.deletions
            commit.changes[place].size = entry.size
            commit.changes[place].oldLines = entry.oldLines
        }
        return true
    }

    /// Has Git count the lines of some commits.
    private func count(_ ids: [String], _ cancellation: Cancellation) throws -> [Commit] {
        let input = Array(ids.joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
        let process = try Process.start(git.command(LogParser.arguments(.counts), input: .bytes(input)))
        return try cancellation.onCancel {
            process.terminate(grace: .seconds(1))
        } during: {
            var parser = LogParser(NULReader { buffer in try process.read(into: &buffer) })
            var commits: [Commit] = []
            while let commit = try parser.next() { commits.append(commit) }
            try process.wait().requireSuccess()
            guard commits.map(\.id) == ids else { throw GitError(.unexpectedOutput, subject: "log") }
            return commits
        }
    }

    /// Asks for the sizes that are not known, and for the lines of the old contents of renamed files.
    /// - Parameter storing: whether to keep what is now known of the changes.
    private mutating func measure(_ commits: inout [Commit], storing: Bool) throws {
        var questions: [ObjectID] = []
        for commit in commits {
            if commit.size == nil, let id = ObjectID(commit.id) { questions.append(id) }
            for change in commit.changes where change.needsSize { questions.append(change.newObject) }
        }
        var sizes = try inspector.sizes(of: questions).makeIterator()
        for place in commits.indices {
            if commits[place].size == nil { commits[place].size = sizes.next() ?? nil }
            for number in commits[place].changes.indices {
                var change = commits[place].changes[number]
                if change.needsSize { change.size = sizes.next() ?? nil }
                if change.kind == "R", change.oldLines == nil {
                    change.oldLines = try inspector.lineCount(of: change.oldObject)
                }
                commits[place].changes[number] = change
                if storing { try store(change) }
            }
        }
    }

    private mutating func store(_ change: Change) throws {
        let entry = CountCache.Entry(
            insertions: change.insertions, deletions: change.deletions, size: change.size, oldLines: change.oldLines)
        try cache.insert(entry, for: change.oldObject, change.newObject)
    }
}

extension Change {
    fileprivate var needsSize: Bool { size == nil && !newObject.isNull }
}
