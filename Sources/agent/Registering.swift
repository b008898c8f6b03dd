import Commands
import Configuration
import ControllerAPI
import ControllerClient
import Cryptography
import Enrolment
import SourceSettings

/// `agent register`
enum Registering {
    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let agent = try Composition(invocation)
        var code = ExitCode.success
        for project in try agent.projects(invocation) {
            do {
                try await register(project, agent)
                try agent.console.print("\(project): registered as \(try agent.agentKey(for: project))")
                if invocation.has("gitlab"), try await KeyDistribution.run(project, agent) != .success {
                    code = .failure
                }
            } catch let error as ControllerError {
                agent.console.complain("\(project): \(error)")
                if let advice = error.advice { agent.console.complain(advice) }
                code = error.isPermanent ? .failure : code == .success ? .tryLater : code
            }
        }
        return code
    }

    /// Registers one project.
    @discardableResult
    static func register(_ project: ProjectKey, _ agent: Composition) async throws -> RegistrationAnswer {
        guard let client = try agent.client(for: project) else { throw Composition.NoController() }
        let lock = try await RegistrationLock(state: agent.state)
        defer { withExtendedLifetime(lock) {} }
        try await KeyChanging.finish(project, agent, client)
        let registration = try Registration(
            client, secrets: agent.secrets, lineage: agent.lineage(for: project), token: agent.enrolmentSecret)
        let answer = try await registration.register(project)
        if let known = agent.setup.agent.knownController, let details = answer.controller {
            let certificates = [details.sealingCertificate] + details.nextCertificates
            try known.renewed(certificates.map(\.publicKeyPin)).store(below: agent.state)
        }
        return answer
    }
}
