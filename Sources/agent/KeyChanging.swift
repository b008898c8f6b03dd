import Commands
import Configuration
import ControllerAPI
import ControllerClient
import Cryptography
import Enrolment
import Files
import Logging
import Runs
import SourceSettings
import Timestamps

/// `agent keys`: shows the agent's key and changes it.
enum KeyChanging {
    static func show(_ invocation: Invocation) async throws -> ExitCode {
        let agent = try Composition(invocation)
        let project = try first(agent)
        let identity = try agent.identity(for: project)
        try agent.console.print("agent \(agent.agentKey(for: project))")
        try agent.console.print("key \(identity.key.publicKey.fingerprint)")
        try agent.console.print("file \(identity.path)")
        try agent.console.print("made \(identity.made.rfc3339)")
        if try KeyChange.isUnfinished(identity) {
            try agent.console.print("a change to a new key has begun: `agent keys rotate` brings it to its end")
        }
        return .success
    }

    static func rotate(_ invocation: Invocation) async throws -> ExitCode {
        let agent = try Composition(invocation)
        // Not in the middle of a delivery.
        let run = try await RunLock(state: agent.state)
        defer { withExtendedLifetime(run) {} }
        let project = try first(agent)
        let key: PublicKey
        do {
            key = try await rotate(project, agent)
        } catch let error as ControllerError {
            let fault = Fault(error)
            agent.console.complain("agent keys rotate: \(fault.text)")
            if let advice = fault.advice { agent.console.complain(advice) }
            agent.console.complain("Both keys are kept; the same command goes on with it.")
            return fault.exitCode
        }
        try agent.console.print("the key is now \(key.fingerprint); the old one is worth nothing at the controller")
        try agent.console.print("Sources that know the old key need the new one: \(agent.home)/.ssh/id_ed25519.pub")
        return .success
    }

    /// Changes a key that is older than `KEY_ROTATION_DAYS` says. That it cannot be changed now keeps nothing from being
    /// gathered.
    static func rotateIfDue(_ project: ProjectKey, _ agent: Composition, _ logger: Logger) async throws {
        let days = agent.setup.agent.settings[AgentSettings.keyRotation]
        guard days > 0, try agent.secrets.answer(for: project)?.controller?.offers(.keyRotation) == true,
            Timestamp.now - (try agent.identity(for: project).made) > .seconds(days * 86400)
        else { return }
        do {
            let key = try await rotate(project, agent)
            logger.info("the agent's key was changed", ["key.fingerprint": .text(key.fingerprint)])
        } catch let error as ControllerError {
            if error.isCancellation { throw CancellationError() }
            logger.warning("the agent's key could not be changed", ["error.text": .text("\(error)")])
        }
    }

    /// Brings a change to its end that was interrupted; the caller holds the lock.
    static func finish(_ project: ProjectKey, _ agent: Composition, _ client: ControllerClient) async throws {
        let identity = try agent.identity(for: project)
        guard try KeyChange.isUnfinished(identity), try agent.secrets.answer(for: project) != nil else { return }
        do {
            _ = try await change(identity, project, agent, client)
        } catch let error as ControllerError {
            // One that was shut out can come back with a token and the key that it has.
            guard [.conflict, .forbidden, .notAuthenticated].contains(error.code) else { throw error }
            agent.logger.warning("the change to a new key waits", ["error.text": .text("\(error)")])
        }
    }

    private static func rotate(_ project: ProjectKey, _ agent: Composition) async throws -> PublicKey {
        guard let client = try agent.client(for: project) else { throw Composition.NoController() }
        guard let details = try agent.secrets.answer(for: project)?.controller, details.offers(.keyRotation) else {
            throw NotOffered(project: project)
        }
        let lock = try await RegistrationLock(state: agent.state)
        defer { withExtendedLifetime(lock) {} }
        return try await change(agent.identity(for: project), project, agent, client)
    }

    private static func change(
        _ identity: AgentIdentity, _ project: ProjectKey, _ agent: Composition, _ client: ControllerClient
    ) async throws -> PublicKey {
        try await KeyChange(
            identity, of: agent.agentKey(for: project), by: client.with(identity.key),
            lineage: agent.lineage(for: project)
        ).run(project)
    }

    /// All projects share the agent's key; the first one stands for them.
    private static func first(_ agent: Composition) throws -> ProjectKey {
        guard let project = agent.setup.agent.projects.first else { throw Running.NoProject() }
        return project
    }

    struct NotOffered: Failure {
        let project: ProjectKey
        var exitCode: ExitCode { .failure }
        var description: String { "the controller has not said that it lets agents change their keys" }
        var advice: String? {
            "Run `agent register \(project)`. A controller of the Python implementation takes any key: move "
                + ".ssh/id_ed25519 away and register again."
        }
    }
}
