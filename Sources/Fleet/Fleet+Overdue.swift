package import ControllerAPI
internal import Database
internal import Timestamps

/// A project that should have been delivered by now.
package struct OverdueProject: Sendable, Hashable {
    package let project: ProjectKey
    /// The enrolled agents that have it.
    package let agents: [AgentKey]
    /// Its last delivery, else when the first of its agents registered: RFC 3339.
    package let since: String
    /// When any of its agents was last heard of.
    package let seenAt: String?

    package init(project: ProjectKey, agents: [AgentKey], since: String, seenAt: String?) {
        self.project = project
        self.agents = agents
        self.since = since
        self.seenAt = seenAt
    }
}

/// What somebody is to be told of who wants to hear of changes only.
package struct OverdueChanges: Sendable, Equatable {
    /// Those of which nobody was told yet.
    package internal(set) var overdue: [OverdueProject] = []
    /// Those that were told of, and that were delivered since, locked, or taken from all agents.
    package internal(set) var over: [ProjectKey] = []

    package var isEmpty: Bool { overdue.isEmpty && over.isEmpty }
}

extension Fleet {
    /// How much later than its moment a delivery may come: runs take their time, and agents wait for their own.
    private static let patience = Duration.seconds(12 * 3600)

    /// Projects that an enrolled agent has and that are not locked, whose last delivery is too long ago: two of their periods,
    /// or, where they have none, so many days.
    /// - Parameters:
    ///   - schedule: of projects without one of their own.
    ///   - days: for projects that may be gathered at any time; 0 is for ever.
    package func overdue(_ schedule: Schedule, otherwiseAfter days: Int) throws -> [OverdueProject] {
        let now = now()
        let enrolled = Dictionary(
            uniqueKeysWithValues: try agents().filter { $0.state == .enrolled && !$0.isBanned }.map { ($0.agent, $0) })
        return try projects().compactMap { project in
            let agents = project.agents.compactMap { enrolled[$0] }
            guard project.lockedAt == nil, let first = agents.map(\.registeredAt).min() else { return nil }
            let since = max(project.deliveredAt ?? first, first)
            guard let moment = Timestamp(rfc3339: since) else { return nil }
            let own = schedule.of(project)
            let limit: Timestamp
            if own.days > 0 {
                limit = moment + .seconds(2 * own.days * 86400 + own.driftMinutes * 60) + Self.patience
            } else if days > 0 {
                limit = moment + .seconds(days * 86400)
            } else {
                return nil
            }
            guard now > limit else { return nil }
            return OverdueProject(
                project: project.project, agents: agents.map(\.agent), since: since,
                seenAt: agents.compactMap(\.seenAt).max())
        }
    }

    /// What changed since `note`. One that is overdue for the same reason as before is no change.
    package func changes(to overdue: [OverdueProject]) throws -> OverdueChanges {
        let told = try database.all("SELECT project, since FROM controller_overdue ORDER BY project") { row in
            (project: try ProjectKey(row[0]), since: try row[1] as String)
        }
        var changes = OverdueChanges()
        changes.overdue = overdue.filter { found in
            !told.contains { $0.project == found.project && $0.since == found.since }
        }
        changes.over = told.map(\.project).filter { project in !overdue.contains { $0.project == project } }
        return changes
    }

    /// Somebody was told.
    package func note(_ changes: OverdueChanges) throws {
        try database.transaction {
            for found in changes.overdue {
                try database.execute(
                    """
                    INSERT INTO controller_overdue (project, since, told_at) VALUES (?, ?, ?)
                    ON CONFLICT (project) DO UPDATE SET since = excluded.since, told_at = excluded.told_at
                    """, found.project.text, found.since, now().rfc3339)
                try audit("overdue-told", nil, found.project, detail: found.since)
            }
            for project in changes.over {
                try database.execute("DELETE FROM controller_overdue WHERE project = ?", project.text)
            }
        }
    }

    /// Lets one controller of several do something for a while.
    /// - Parameters:
    ///   - work: what it is.
    ///   - holder: who wants to do it.
    /// - Returns: whether it may.
    package func claim(_ work: String, by holder: String, for seconds: Int) throws -> Bool {
        let now = database.dialect.unixSeconds
        return try database.change(
            """
            INSERT INTO controller_claims (work, holder, held_until) VALUES (?, ?, \(now) + \(seconds))
            ON CONFLICT (work) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
            WHERE controller_claims.holder = excluded.holder OR controller_claims.held_until < \(now)
            """, work, holder) == 1
    }
}
