import Blocking
package import ControllerAPI
import Files
import Runs
import SQLite
package import Schedules
package import Timestamps

/// Remembers what somebody was told of each project, so that each change is told once, restarts in between or not.
package struct NoticeBook: Sendable {
    private let journal: RunJournal
    private let database: String

    /// Published ones never change; new ones are added.
    private static let migrations = [
        """
        CREATE TABLE notice (
            project TEXT PRIMARY KEY,
            condition TEXT NOT NULL,
            told INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
    ]

    /// - Parameter state: the directory for what the agent keeps for itself.
    package init(state: String) {
        journal = RunJournal(state: state)
        database = "\(state)/agent.sqlite"
    }

    /// What is to be told of now. A project that never was anything but well is not.
    /// - Parameters:
    ///   - schedule: when projects are gathered; `nil` where only on request.
    ///   - start: when the daemon began to watch.
    package func due(
        of projects: [ProjectKey], schedule: Schedule?, watchedSince start: Timestamp, now: Timestamp
    ) async throws -> [Notice] {
        let told = try await told()
        var notices: [Notice] = []
        for project in projects {
            let runs = try await journal.latest(Self.depth, of: project)
            let settled = runs.first { $0.result.map { $0.outcome != .notNow } ?? false }
            let condition = Condition(
                last: runs.first, settled: settled, schedule: schedule, watchedSince: start, now: now)
            guard condition != told[project.text] ?? .well else { continue }
            notices.append(
                Notice(project: project, condition: condition, run: condition == .overdue ? runs.first : settled))
        }
        return notices
    }

    /// How far back to look for a run that was not refused.
    private static let depth = 200

    /// Notes that somebody was told.
    package func note(_ notice: Notice, at now: Timestamp) async throws {
        try await blocking { _ in
            let connection = try Connection(database)
            try connection.migrate(Self.migrations, part: "notices")
            try connection.execute(
                "INSERT OR REPLACE INTO notice VALUES (?, ?, ?)", notice.project.text, notice.condition.rawValue,
                now.seconds)
        }
    }

    private func told() async throws -> [String: Condition] {
        try await blocking { _ in
            guard try Files.status(database) != nil else { return [:] }
            let connection = try Connection(database, .readOnly)
            guard try connection.version(of: "notices") > 0 else { return [:] }
            let entries = try connection.all("SELECT project, condition FROM notice") { row in
                let condition: String = try row[1]
                return (try row[0] as String, Condition(rawValue: condition) ?? .well)
            }
            return Dictionary(entries) { first, _ in first }
        }
    }
}
