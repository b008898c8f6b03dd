package import ControllerAPI

/// Whose gathering a bundle holds: one run of one project by one agent.
package struct BundleIdentity: Hashable, Sendable {
    package let agent: AgentKey
    package let project: ProjectKey
    package let run: RunID

    package init(agent: AgentKey, project: ProjectKey, run: RunID) {
        self.agent = agent
        self.project = project
        self.run = run
    }
}
