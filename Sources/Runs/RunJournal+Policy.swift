package import ControllerAPI
import SQLite
package import Timestamps

/// What the client's policy is held against, and what it has refused.
extension RunJournal {
    /// Starts of each project that are remembered: more than any rate counts.
    private static let startHistory = 20_000
    /// Refusals that are remembered. A controller may ask for whatever it likes, as often as it likes.
    private static let refusalHistory = 200
    private static let firstVersion = 2

    /// Notes that the sources of a project are about to be asked.
    package func noteStart(of project: ProjectKey, at start: Timestamp) async throws {
        try await write { database in
            try database.execute(
                "INSERT INTO gathering_start (project, started) VALUES (?, ?)", project.text, start.seconds)
            try database.execute(
                """
                DELETE FROM gathering_start WHERE project = ? AND started <= (
                    SELECT started FROM gathering_start WHERE project = ? ORDER BY started DESC LIMIT 1 OFFSET ?)
                """, project.text, project.text, Self.startHistory)
        }
    }

    /// When the gatherings of a project began that began later than a moment.
    package func starts(of project: ProjectKey, after moment: Timestamp) async throws -> [Timestamp] {
        try await read(since: Self.firstVersion) { database in
            try database.all(
                "SELECT started FROM gathering_start WHERE project = ? AND started > ? ORDER BY started",
                project.text, moment.seconds
            ) { row in
                let seconds: Int = try row[0]
                return Timestamp(seconds: seconds)
            }
        }
    }

    /// Notes what was refused; the same again only counts.
    package func note(_ refusals: [RefusedWish], at moment: Timestamp = .now) async throws {
        guard !refusals.isEmpty else { return }
        try await write { database in
            for refusal in refusals {
                try database.execute(
                    """
                    INSERT INTO refusal (project, text, advice, first, last, count) VALUES (?, ?, ?, ?, ?, 1)
                    ON CONFLICT (project, text) DO UPDATE SET advice = excluded.advice, last = excluded.last,
                    count = count + 1
                    """, refusal.project, refusal.text, refusal.advice, moment.seconds, moment.seconds)
            }
            try database.execute(
                """
                DELETE FROM refusal WHERE (project, text) NOT IN (
                    SELECT project, text FROM refusal ORDER BY last DESC LIMIT ?)
                """, Self.refusalHistory)
        }
    }

    /// What was refused later than a moment, the latest first.
    package func refusals(after moment: Timestamp) async throws -> [RefusalRecord] {
        try await read(since: Self.firstVersion) { database in
            try database.all(
                "SELECT project, text, advice, first, last, count FROM refusal WHERE last > ? ORDER BY last DESC, text",
                moment.seconds
            ) { row in
                let (first, last): (Int, Int) = (try row[3], try row[4])
                return RefusalRecord(
                    wish: RefusedWish(project: try row[0], text: try row[1], advice: try row[2]),
                    first: Timestamp(seconds: first), last: Timestamp(seconds: last), count: try row[5])
            }
        }
    }
}

/// Something that somebody wanted of the agent and that its owner does not permit.
package struct RefusedWish: Sendable, Hashable {
    /// Empty where it is of no project.
    package let project: String
    /// One sentence.
    package let text: String
    package let advice: String?

    package init(project: String, text: String, advice: String?) {
        self.project = project
        self.text = text
        self.advice = advice
    }
}

/// What was refused, how often and when.
package struct RefusalRecord: Sendable, Hashable {
    package let wish: RefusedWish
    package let first: Timestamp
    package let last: Timestamp
    package let count: Int
}
