package import ControllerAPI

/// What the requests of an agent are judged by, read at one time.
package struct Standing: Sendable {
    package let record: AgentRecord
    /// Whether the request comes from the state directory that registered last.
    package let isCurrent: Bool
    /// The project that the request is about.
    package let project: ProjectRecord?
    /// From where that project's agents may come; `nil` where nobody has said.
    package let networks: [IPNetwork]?
}

extension Fleet {
    /// What is known of an agent, and of the project that its request is about, in one go.
    /// - Parameter generation: what the request says of the agent's state directory; `nil` for nothing.
    package func standing(
        of agent: AgentKey, in project: ProjectKey?, generation: (number: Int, word: String?)?
    ) throws -> Standing? {
        guard let record = try self.agent(agent) else { return nil }
        return Standing(
            record: record,
            isCurrent: try generation.map { generation in
                try isCurrent(agent, generation: generation.number, word: generation.word)
            } ?? true,
            project: try project.flatMap { project in try self.project(project) },
            networks: try project.flatMap { project in try networks(of: project) })
    }
}
