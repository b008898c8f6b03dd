internal import Database
internal import Timestamps

/// What monitors ask of a fleet.
package struct FleetFigures: Sendable {
    /// How many agents are in each state.
    package internal(set) var agents: [String: Int] = [:]
    /// How many bundles are in each state.
    package internal(set) var bundles: [String: Int] = [:]
    /// Bytes of all bundles, sealed, and rows of all imports.
    package internal(set) var bytes = 0
    package internal(set) var rows = 0
    /// When the oldest bundle came that waits for its import.
    package internal(set) var waitingSince: String?
    /// When each agent was last heard of.
    package internal(set) var seen: [(agent: String, at: String)] = []
    /// When each project was last delivered.
    package internal(set) var delivered: [(project: String, at: String)] = []
    /// Where rows go besides the store.
    package internal(set) var sinks: [SinkFigures] = []
    /// How many decisions of each kind the audit trail holds.
    package internal(set) var decisions: [(event: String, count: Int)] = []
}

/// How far a sink has come.
package struct SinkFigures: Sendable {
    package let name: String
    /// Bundles that were imported and that it has not taken.
    package let waiting: Int
    /// When the oldest of them was imported: RFC 3339.
    package let waitingSince: String?
    /// Rows that it will never take.
    package let rejected: Int
    /// Why it takes nothing; `nil` where it does.
    package let fault: String?
}

extension Fleet {
    /// - Throws: whatever keeps the store from being used.
    package func touchStore() throws {
        let _: Int? = try database.first("SELECT COUNT(*) FROM controller_counters")
    }

    package func figures() throws -> FleetFigures {
        var figures = FleetFigures()
        figures.agents = try counts("SELECT state, COUNT(*) FROM controller_agents GROUP BY state")
        figures.bundles = try counts("SELECT state, COUNT(*) FROM controller_bundles GROUP BY state")
        let sums = try database.first(
            "SELECT COALESCE(SUM(size), 0), COALESCE(SUM(rows), 0) FROM controller_bundles"
        ) { row in (try row[0] as Int, try row[1] as Int) }
        (figures.bytes, figures.rows) = sums ?? (0, 0)
        figures.waitingSince = try database.first(
            "SELECT received_at FROM controller_bundles WHERE state = 'received' ORDER BY received_at LIMIT 1")
        figures.seen = try database.all(
            "SELECT agent, seen_at FROM controller_agents WHERE seen_at IS NOT NULL ORDER BY agent"
        ) { row in (try row[0], try row[1]) }
        figures.delivered = try database.all(
            "SELECT project, MAX(received_at) FROM controller_bundles GROUP BY project ORDER BY project"
        ) { row in (try row[0], try row[1]) }
        figures.sinks = try database.all(
            "SELECT sink, rejected, fault FROM controller_sinks ORDER BY sink"
        ) { row in (name: try row[0] as String, rejected: try row[1] as Int, fault: try row[2] as String?) }
        .map { sink in
            let waiting = try database.first(
                """
                SELECT COUNT(*), MIN(imported_at) FROM controller_bundles b WHERE state = 'imported' AND NOT EXISTS (
                    SELECT 1 FROM controller_sunk s
                    WHERE s.sink = ? AND s.agent = b.agent AND s.project = b.project AND s.run = b.run
                )
                """, sink.name
            ) { row in (count: try row[0] as Int, since: try row[1] as String?) }
            return SinkFigures(
                name: sink.name, waiting: waiting?.count ?? 0, waitingSince: waiting?.since, rejected: sink.rejected,
                fault: sink.fault)
        }
        figures.decisions = try database.all(
            "SELECT event, COUNT(*) FROM controller_audit GROUP BY event ORDER BY event"
        ) { row in (try row[0], try row[1]) }
        return figures
    }

    private func counts(_ question: String) throws -> [String: Int] {
        let rows = try database.all(question) { row in (try row[0] as String, try row[1] as Int) }
        return Dictionary(rows) { first, _ in first }
    }
}
