package import ControllerAPI
import SQLite
package import Timestamps

/// The controller's wishes that the agent has taken and not begun yet. The controller does not tell them again, so they are
/// kept here until the project's run is noted.
extension RunJournal {
    private static let firstVersion = 3

    /// Notes a wish; a later one for the same project takes its place.
    package func take(_ wish: TakenWish) async throws {
        try await write { database in
            for project in wish.projects {
                try database.execute(
                    """
                    INSERT INTO wish (project, number, controller, taken) VALUES (?, ?, ?, ?)
                    ON CONFLICT (project) DO UPDATE SET number = excluded.number, controller = excluded.controller,
                    taken = excluded.taken
                    """, project.text, wish.trigger, wish.controller, wish.taken.seconds)
            }
        }
    }

    /// The wishes that wait, the oldest first.
    package func wishes() async throws -> [TakenWish] {
        let rows = try await read(since: Self.firstVersion) { database in
            try database.all("SELECT project, number, controller, taken FROM wish ORDER BY number, project") { row in
                let seconds: Int = try row[3]
                return TakenWish(
                    trigger: try row[1], projects: [try ProjectKey(try row[0])], controller: try row[2],
                    taken: Timestamp(seconds: seconds))
            }
        }
        return rows.reduce(into: []) { wishes, row in
            guard let last = wishes.last, last.trigger == row.trigger, last.controller == row.controller else {
                return wishes.append(row)
            }
            wishes[wishes.count - 1] = TakenWish(
                trigger: last.trigger, projects: last.projects + row.projects, controller: last.controller,
                taken: last.taken)
        }
    }

    /// Forgets a wish that nobody will grant, e.g. because its projects are not gathered any more.
    package func drop(_ wish: TakenWish) async throws {
        try await write { database in
            for project in wish.projects { try Self.grant(project, through: wish.trigger, database) }
        }
    }

    /// What a run of the project has done, or what nobody will do.
    static func grant(_ project: ProjectKey, through number: Int, _ database: Connection) throws {
        try database.execute("DELETE FROM wish WHERE project = ? AND number <= ?", project.text, number)
    }
}

/// Projects that a controller wants gathered.
package struct TakenWish: Sendable, Hashable {
    /// The controller's number of it.
    package let trigger: Int
    package let projects: [ProjectKey]
    /// The controller's host and port: another one has numbers of its own.
    package let controller: String
    package let taken: Timestamp

    package init(trigger: Int, projects: [ProjectKey], controller: String, taken: Timestamp) {
        self.trigger = trigger
        self.projects = projects
        self.controller = controller
        self.taken = taken
    }
}
