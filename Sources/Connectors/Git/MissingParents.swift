import Blocking
import Files
import Processes

/// Commits of a damaged repository whose parents cannot be read, for a Git that is to pass over them.
struct MissingParents {
    /// For each such commit the parents that can be read.
    private var rest: [ObjectID: [ObjectID]] = [:]

    /// Walks from a commit to all roots, reading every commit by itself: slow, but nothing ends it.
    /// - Returns: `nil` where nothing is missing.
    static func find(_ git: GitProgram, from end: ObjectID, _ cancellation: Cancellation) throws -> MissingParents? {
        var found = MissingParents()
        var parents: [ObjectID: [ObjectID]] = [:]
        var unreadable: Set<ObjectID> = []
        var waiting = [end]
        while let start = waiting.popLast() {
            guard parents[start] == nil, !unreadable.contains(start) else { continue }
            // Git ends when it meets an object that is not only missing: then another one goes on.
            var inspector = try ObjectInspector(git)
            try cancellation.onCancel(inspector.interruption) {
                var id: ObjectID? = start
                while let commit = id {
                    if parents[commit] == nil, !unreadable.contains(commit) {
                        do {
                            let known = try inspector.parents(of: commit)
                            parents[commit] = known
                            waiting += known
                        } catch {
                            // Whatever is wrong with it: it is told that it is missing.
                            unreadable.insert(commit)
                            return
                        }
                    }
                    id = waiting.popLast()
                }
            }
        }
        for (commit, known) in parents where known.contains(where: unreadable.contains) {
            found.rest[commit] = known.filter { !unreadable.contains($0) }
        }
        return found.rest.isEmpty ? nil : found
    }

    /// Writes them as Git reads them (`GIT_GRAFT_FILE`): a line for each commit with its parents.
    func write(to path: String) throws(FileError) {
        let lines = rest.sorted { $0.key.text < $1.key.text }.map { commit, parents in
            ([commit] + parents).map(\.text).joined(separator: " ") + "\n"
        }
        try Files.write(lines.joined().utf8, to: path, permissions: 0o600)
    }

    /// What is to be told of it.
    var gap: String {
        let example = rest.keys.map(\.text).min() ?? ""
        return rest.count == 1
            ? "a parent of commit \(example) is missing: what only leads to it was not gathered"
            : "parents of \(rest.count) commits are missing, of \(example) for one: what only leads to them was not gathered"
    }
}
