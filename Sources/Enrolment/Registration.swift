package import ControllerAPI
package import ControllerClient

/// Makes an agent known to its controller, one project at a time, and keeps what the controller hands out.
package struct Registration: Sendable {
    private let client: ControllerClient
    private let secrets: SecretsFiles
    private let lineage: LineageFile
    private let token: String?

    /// - Parameter token: the enrolment token; it is sent while the project is not registered, and where the controller
    ///   no longer knows the agent.
    package init(_ client: ControllerClient, secrets: SecretsFiles, lineage: LineageFile, token: String?) {
        self.client = client
        self.secrets = secrets
        self.lineage = lineage
        self.token = token
    }

    /// Registers the agent's key for a project; registered before, it fetches what may have changed. The caller holds the
    /// `RegistrationLock`.
    @discardableResult
    package func register(_ project: ProjectKey) async throws -> RegistrationAnswer {
        let isRegistered = try secrets.answer(for: project) != nil
        let said = try lineage.next()
        let answer =
            if isRegistered, token != nil {
                try await registerAgain(project, said)
            } else {
                try await client.register(project, token: token, lineage: said)
            }
        try lineage.answered(answer.controller?.generation)
        try secrets.store(answer, for: project)
        return answer
    }

    /// A token counts once, so it is not sent for nothing.
    private func registerAgain(_ project: ProjectKey, _ said: StateLineage) async throws -> RegistrationAnswer {
        let refusal: ControllerError
        do throws(ControllerError) {
            return try await client.register(project, token: nil, lineage: said)
        } catch {
            refusal = error
        }
        guard refusal.code == .forbidden || refusal.code == .conflict else { throw refusal }
        return try await client.register(project, token: token, lineage: said)
    }
}
