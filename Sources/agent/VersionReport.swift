import Commands
import Configuration
import ControllerAPI
import ControllerClient
import Files
import Lifecycle
import SourceSettings

/// `agent version`
enum VersionReport {
    static func run(_ invocation: Invocation) async throws -> ExitCode {
        try invocation.console.print("agent \(Version.current)")
        return invocation.has("check") ? try await check(invocation) : .success
    }

    /// Asks the controller whether it has another version.
    private static func check(_ invocation: Invocation) async throws -> ExitCode {
        let agent = try Composition(invocation)
        guard let project = agent.setup.agent.projects.first else { throw Running.NoProject() }
        guard agent.setup.agent.controller != nil else { throw Composition.NoController() }
        guard try Files.status("\(agent.home)/.ssh/id_ed25519") != nil, let client = try agent.client(for: project)
        else { throw Unregistered() }
        let contact: ControllerContact
        do throws(ControllerError) {
            contact = try await client.contact(version: Version.current)
        } catch {
            throw Explained(fault: Fault(error))
        }
        switch contact.version {
        case .success(let answer) where answer.isUpToDate:
            try invocation.console.print("up to date with the controller (\(answer.version))")
            return .success
        case .success(let answer):
            throw Outdated(found: "the controller has \(answer.version), this agent is \(Version.current)")
        // The older system says so of any other release or branch.
        case .failure(let error) where error.code == .badRequest: throw Outdated(found: "\(error)")
        case .failure(let error): throw Explained(fault: Fault(error))
        }
    }

    struct Outdated: Failure {
        let found: String
        var exitCode: ExitCode { .failure }
        var description: String { "the versions differ: \(found)" }
        var advice: String? {
            "Install the version that the controller's operator names; the agent works on meanwhile."
        }
    }

    struct Unregistered: Failure {
        var exitCode: ExitCode { .usage }
        var description: String { "the agent has no key yet, so the controller does not know it" }
        var advice: String? { "Run: agent register" }
    }
}
