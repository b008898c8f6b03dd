package import ControllerAPI
internal import Database
internal import Timestamps

/// Triggers: that an operator wants a project gathered now. They are in the database, so that any process can make one,
/// and stay there until the agent has acknowledged them.
extension Fleet {
    /// Asks all enrolled agents of a project, or one of them, to gather it now.
    ///
    /// One that was not handed out yet is not made twice.
    /// - Returns: whom it asks.
    /// - Throws: `Refusal.noAgent` where no enrolled agent is entitled to the project.
    package func trigger(_ project: ProjectKey, of only: AgentKey? = nil) throws -> [AgentKey] {
        try database.transaction {
            let agents = try database.all(
                """
                SELECT e.agent FROM controller_entitlements e JOIN controller_agents a ON a.agent = e.agent
                WHERE e.project = ? AND a.state = 'enrolled' ORDER BY e.agent
                """, project.text
            ) { row in try AgentKey(row[0]) }
            .filter { only == nil || $0 == only }
            guard !agents.isEmpty else { throw Refusal.noAgent }
            for agent in agents {
                let waiting: Int? = try database.first(
                    """
                    SELECT id FROM controller_triggers
                    WHERE agent = ? AND project = ? AND acknowledged_at IS NULL AND delivered_at IS NULL
                    """, agent.text, project.text)
                guard waiting == nil else { continue }
                try database.execute(
                    "INSERT INTO controller_triggers (agent, project, requested_at) VALUES (?, ?, ?)", agent.text,
                    project.text, now().rfc3339)
                try audit("triggered", agent, project)
            }
            return agents
        }
    }

    /// The agents that have triggers they have not acknowledged.
    package func triggeredAgents() throws -> Set<AgentKey> {
        Set(
            try database.all("SELECT DISTINCT agent FROM controller_triggers WHERE acknowledged_at IS NULL") { row in
                try AgentKey(row[0])
            })
    }

    /// What an enrolled agent has not acknowledged, all in one; it counts as handed out from now on.
    package func takeTrigger(of agent: AgentKey) throws -> TriggerNotice? {
        try database.transaction {
            let waiting = try database.all(
                """
                SELECT t.id, t.project FROM controller_triggers t JOIN controller_agents a ON a.agent = t.agent
                WHERE t.agent = ? AND t.acknowledged_at IS NULL AND a.state = 'enrolled' ORDER BY t.id
                """, agent.text
            ) { row in (id: try row[0] as Int, project: try ProjectKey(row[1])) }
            guard let last = waiting.last else { return nil }
            try database.execute(
                """
                UPDATE controller_triggers SET delivered_at = ?
                WHERE agent = ? AND acknowledged_at IS NULL AND delivered_at IS NULL
                """, now().rfc3339, agent.text)
            var projects: [ProjectKey] = []
            for (_, project) in waiting where !projects.contains(project) { projects.append(project) }
            return TriggerNotice(trigger: last.id, projects: projects)
        }
    }

    /// The agent has heard of all triggers up to that number which were handed out to it.
    package func acknowledgeTriggers(of agent: AgentKey, through id: Int) throws {
        try database.execute(
            """
            UPDATE controller_triggers SET acknowledged_at = ?
            WHERE agent = ? AND id <= ? AND acknowledged_at IS NULL AND delivered_at IS NOT NULL
            """, now().rfc3339, agent.text, id)
    }

    /// Whether an agent may gather a project outside its schedule because of a trigger: one was handed out to it with
    /// this or a lower number, within the last day.
    package func isTriggered(_ agent: AgentKey, for project: ProjectKey, by id: Int) throws -> Bool {
        try database.first(
            """
            SELECT 1 FROM controller_triggers
            WHERE agent = ? AND project = ? AND id <= ? AND delivered_at >= ?
            """, agent.text, project.text, id, (now() + .seconds(-Self.triggerLife)).rfc3339) as Int? != nil
    }

    /// Seconds for which a trigger that was handed out skips the schedule.
    private static var triggerLife: Int { 24 * 3600 }
}
