internal import Bundles
internal import ControllerAPI
internal import Database
internal import Timestamps

/// What each sink has taken, kept in the store beside the bundles: so that nothing is passed over, in whatever order imports
/// end, and that a sink that is set up later gets everything.
struct SinkLedger {
    let store: Store
    let sink: String
    /// Who works for the sink where several controllers could.
    let holder: String

    /// How long a controller that ended keeps others from going on: longer than a bundle usually takes.
    private static let lease = 300

    /// - Parameter fromNowOn: a sink that is new here gets nothing of what was imported before.
    func enter(fromNowOn: Bool) throws {
        try store.transaction {
            let isNew =
                try store.change(
                    "INSERT INTO controller_sinks (sink, holder, held_until) VALUES (?, '', 0) ON CONFLICT DO NOTHING",
                    sink) == 1
            guard isNew, fromNowOn else { return }
            try store.execute(
                """
                INSERT INTO controller_sunk (sink, agent, project, run, rows, sunk_at)
                SELECT ?, agent, project, run, 0, ? FROM controller_bundles WHERE state = 'imported'
                ON CONFLICT DO NOTHING
                """, sink, Timestamp.now.rfc3339)
        }
    }

    /// - Returns: whether this controller works for the sink now; each call makes it so for a while longer.
    func claim() throws -> Bool {
        let now = store.dialect.unixSeconds
        return try store.change(
            """
            UPDATE controller_sinks SET holder = ?, held_until = \(now) + \(Self.lease)
            WHERE sink = ? AND (holder = ? OR held_until < \(now))
            """, holder, sink, holder) == 1
    }

    /// Lets another controller go on at once.
    func release() throws {
        try store.execute("UPDATE controller_sinks SET held_until = 0 WHERE sink = ? AND holder = ?", sink, holder)
    }

    /// The oldest bundles that the sink has not taken.
    func waiting(_ limit: Int) throws -> [BundleIdentity] {
        try store.all(
            """
            SELECT b.agent, b.project, b.run FROM controller_bundles b WHERE b.state = 'imported' AND NOT EXISTS (
                SELECT 1 FROM controller_sunk s
                WHERE s.sink = ? AND s.agent = b.agent AND s.project = b.project AND s.run = b.run
            ) ORDER BY b.run, b.agent, b.project LIMIT \(limit)
            """, sink
        ) { row in
            BundleIdentity(agent: try AgentKey(row[0]), project: try ProjectKey(row[1]), run: try RunID(row[2]))
        }
    }

    /// The sink has the bundle's rows, but for those that it will never take.
    func note(_ bundle: BundleIdentity, rows: Int, rejected: Int) throws {
        try store.transaction(.beside) {
            try store.execute(
                """
                INSERT INTO controller_sunk (sink, agent, project, run, rows, sunk_at) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """, sink, bundle.agent.text, bundle.project.text, bundle.run.text, rows, Timestamp.now.rfc3339)
            try store.execute(
                "UPDATE controller_sinks SET rejected = rejected + ?, fault = NULL WHERE sink = ?", rejected, sink)
        }
    }

    func note(fault: String) throws {
        try store.execute("UPDATE controller_sinks SET fault = ? WHERE sink = ?", fault, sink)
    }
}
