import Gathering
import Records
import Tables
import Timestamps

/// Turns revisions into the records of `vcs_versions` and `change_path`.
struct RevisionMapping {
    private let repository: String
    private let sprints: SprintCalendar

    init(repository: String, sprints: SprintCalendar) {
        self.repository = repository
        self.sprints = sprints
    }

    /// What is known of a revision's changes.
    enum Changes {
        /// They are not asked for.
        case skipped
        /// They could not be read: counts are 0.
        case unreadable
        case known(Difference)
    }

    /// Writes the row of a revision and those of its changed paths.
    func write(_ revision: Revision, _ date: Timestamp, _ changes: Changes, to stream: RecordStream) throws {
        let version = String(revision.number)
        let local = date.local
        let author = revision.author ?? unknown
        var values: [String?] = [
            repository, version, sprints.sprint(at: local), revision.message, "commit", author, author, unknown, local,
            unknown,
        ]
        switch changes {
        case .skipped: values += [String?](repeating: nil, count: 6)
        case .unreadable: values += [String?](repeating: "0", count: 5) + [unknown]
        case .known(let difference):
            let (insertions, deletions) = (difference.insertions, difference.deletions)
            values += [
                String(insertions), String(deletions), String(difference.files.count), String(insertions + deletions),
                String(difference.size), unknown,
            ]
        }
        try stream.append(Record(.vcsVersions, values))
        guard case .known(let difference) = changes else { return }
        for file in difference.files {
            try stream.append(
                Record(
                    .changePath,
                    [
                        repository, version, String(decoding: file.path, as: UTF8.self), file.kind.rawValue,
                        String(file.insertions), String(file.deletions), nil,
                    ]))
        }
    }
}
