package import ControllerAPI
internal import Database

/// What people who look after a fleet ask of it, as of one moment.
package struct FleetOverview: Sendable {
    /// The latest bundle of an agent.
    package struct Delivery: Sendable {
        package let project: ProjectKey
        package let run: String
        /// `received`, `imported` or `failed`.
        package let state: String
        package let rows: Int?
        /// Why it could not be imported.
        package let reason: String?
        package let receivedAt: String
    }

    /// Something that an agent has not acknowledged.
    package struct WaitingTrigger: Sendable {
        package let agent: AgentKey
        package let project: ProjectKey
        package let requestedAt: String
        /// When the agent was told.
        package let deliveredAt: String?
    }

    package let agents: [AgentRecord]
    package let projects: [ProjectRecord]
    package let overdue: [OverdueProject]
    package let figures: FleetFigures
    package let triggers: [WaitingTrigger]
    package let latest: [AgentKey: Delivery]
    /// What agents asked for whose key nobody has accepted yet.
    package let wishes: [AgentKey: [ProjectKey]]
}

extension Fleet {
    /// - Parameters:
    ///   - schedule: of projects without one of their own.
    ///   - days: after how many others are overdue; 0 is never.
    package func overview(_ schedule: Schedule, overdueAfter days: Int) throws -> FleetOverview {
        let agents = try agents()
        return FleetOverview(
            agents: agents, projects: try projects(), overdue: try overdue(schedule, otherwiseAfter: days),
            figures: try figures(), triggers: try waitingTriggers(), latest: try latestDeliveries(),
            wishes: agents.contains { $0.state == .pending } ? try wishes() : [:])
    }

    private func waitingTriggers() throws -> [FleetOverview.WaitingTrigger] {
        try database.all(
            """
            SELECT agent, project, requested_at, delivered_at FROM controller_triggers
            WHERE acknowledged_at IS NULL ORDER BY id
            """
        ) { row in
            FleetOverview.WaitingTrigger(
                agent: try AgentKey(row[0]), project: try ProjectKey(row[1]), requestedAt: try row[2],
                deliveredAt: try row[3])
        }
    }

    private func latestDeliveries() throws -> [AgentKey: FleetOverview.Delivery] {
        let found = try database.all(
            """
            SELECT b.agent, b.project, b.run, b.state, b.rows, b.reason, b.received_at FROM controller_bundles b
            JOIN (SELECT agent, MAX(run) AS run FROM controller_bundles GROUP BY agent) l
            ON l.agent = b.agent AND l.run = b.run
            """
        ) { row in
            (
                try AgentKey(row[0]),
                FleetOverview.Delivery(
                    project: try ProjectKey(row[1]), run: try row[2], state: try row[3], rows: try row[4],
                    reason: try row[5], receivedAt: try row[6])
            )
        }
        return Dictionary(found) { first, _ in first }
    }

    private func wishes() throws -> [AgentKey: [ProjectKey]] {
        let found = try database.all(
            """
            SELECT DISTINCT t.agent, t.project FROM controller_audit t JOIN controller_agents a ON a.agent = t.agent
            WHERE a.state = 'pending' AND t.event = 'pending' AND t.project IS NOT NULL ORDER BY t.agent, t.project
            """
        ) { row in (agent: try AgentKey(row[0]), project: try ProjectKey(row[1])) }
        return Dictionary(grouping: found, by: \.agent).mapValues { $0.map(\.project) }
    }
}
