package import ControllerAPI
package import ControllerClient

/// Makes an agent known to its controller, one project at a time, and keeps what the controller hands out.
package struct Registration: Sendable {
    private let client: ControllerClient
    private let secrets: SecretsFiles
    private let token: String?

    /// - Parameter token: the enrolment token; it is sent only while the project is not registered.
    package init(_ client: ControllerClient, secrets: SecretsFiles, token: String?) {
        self.client = client
        self.secrets = secrets
        self.token = token
    }

    /// Registers the agent's key for a project; registered before, it fetches what may have changed.
    @discardableResult
    package func register(_ project: ProjectKey) async throws -> RegistrationAnswer {
        let isRegistered = try secrets.answer(for: project) != nil
        let answer = try await client.register(project, token: isRegistered ? nil : token)
        try secrets.store(answer, for: project)
        return answer
    }
}
