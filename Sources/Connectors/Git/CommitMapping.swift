import Gathering
import Records
import Tables
import Timestamps

/// Turns commits into the records of `vcs_versions` and `change_path`.
struct CommitMapping {
    private let repository: String
    private let sprints: SprintCalendar
    private let withStatistics: Bool

    init(repository: String, sprints: SprintCalendar, withStatistics: Bool) {
        self.repository = repository
        self.sprints = sprints
        self.withStatistics = withStatistics
    }

    /// Writes the row of a commit and those of its changed paths.
    ///
    /// - Parameter branch: the branch on which it was made, or `0`.
    func write(_ commit: Commit, branch: String, to stream: RecordStream) throws {
        let commitDate = Timestamp(seconds: commit.commitTime).local
        let values: [String?] = [
            repository, commit.id, sprints.sprint(at: commitDate), commit.message,
            commit.parentCount > 1 ? "merge" : "commit", commit.author, commit.author, commit.email,
            commitDate, Timestamp(seconds: commit.authorTime).local,
        ]
        guard withStatistics else {
            return try stream.append(Record(.vcsVersions, values + [String?](repeating: nil, count: 6)))
        }
        let totals = Totals(commit)
        try stream.append(
            Record(
                .vcsVersions,
                values + [
                    String(totals.insertions), String(totals.deletions), String(totals.files),
                    String(totals.insertions + totals.deletions), String(commit.size ?? 0), branch,
                ]))
        for change in commit.changes {
            // What is not in the repository, such as the commit of a submodule, has no row.
            guard let size = change.newObject.isNull ? 0 : change.size else { continue }
            try stream.append(
                Record(
                    .changePath,
                    [
                        repository, commit.id, String(decoding: change.path, as: UTF8.self), String(change.kind),
                        String(change.insertions), String(change.deletions), String(size),
                    ]))
        }
    }
}

/// The counts of a whole commit, in which a renamed file is one that went and one that came.
private struct Totals {
    private(set) var insertions = 0
    private(set) var deletions = 0
    private(set) var files = 0

    init(_ commit: Commit) {
        for change in commit.changes {
            if change.kind == "R" {
                let lines = change.oldLines ?? 0
                insertions += max(lines + change.insertions - change.deletions, 0)
                deletions += lines
                files += 2
            } else {
                insertions += change.insertions
                deletions += change.deletions
                files += 1
            }
        }
    }
}
