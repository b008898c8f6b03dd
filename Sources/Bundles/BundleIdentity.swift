/// Whose gathering a bundle holds: one run of one project by one agent.
package struct BundleIdentity: Hashable, Sendable {
    package let agent: String
    package let project: String
    package let run: String

    package init(agent: String, project: String, run: String) {
        self.agent = agent
        self.project = project
        self.run = run
    }
}
