import Commands
import Configuration
import ControllerAPI
import Cryptography
import Files
import Fleet
import Lifecycle
import Receiving

/// What an operator does from the command line.
enum Administration {
    static func initialise(_ invocation: Invocation) async throws -> ExitCode {
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        let state = ControllerState(configuration)
        var hosts = invocation.values("host")
        if hosts.isEmpty { hosts = configuration.hosts.map(\.host) }
        if hosts.isEmpty { hosts = [ProcessFacts.hostName, "localhost", "127.0.0.1"] }
        let made = try state.initialise(hosts: hosts)
        try await openFleet(invocation).makeSharedSalts()
        for line in made { try invocation.console.print("made \(line)") }
        if made.isEmpty { try invocation.console.print("nothing to do: there is a controller in \(state.directory)") }
        try invocation.console.print(
            "Next: controller serve, and for each agent: controller enrol AGENT --project PROJECT")
        return .success
    }

    static func listAgents(_ invocation: Invocation) async throws -> ExitCode {
        let agents = try await openFleet(invocation).agents()
        if invocation.has("json") {
            try Listing.print(Listing.Agents(agents: agents.map(Listing.Agent.init)), "agents", invocation)
            return .success
        }
        for agent in agents {
            let projects = agent.projects.map(\.text).joined(separator: " ")
            try invocation.console.print(
                "\(agent.agent)\t\(agent.state.rawValue)\t\(agent.key.fingerprint)\t\(agent.registeredAt)\t\(projects)")
            if let next = agent.nextKey {
                try invocation.console.print("\tchanges to the key \(next.fingerprint)")
            }
            if let seen = agent.copySeenAt {
                try invocation.console.print(
                    "\ta copy of its state directory asked at \(seen) from \(agent.copyAddress ?? "an unknown address"), "
                        + "and was locked out; `controller agents approve \(agent.agent)` lets in whichever registers next"
                )
            }
        }
        return .success
    }

    static func approve(_ invocation: Invocation) async throws -> ExitCode {
        let projects = try projects(invocation)
        return try await change(invocation, "approved") { fleet, agent in try await fleet.approve(agent, for: projects)
        }
    }

    static func revoke(_ invocation: Invocation) async throws -> ExitCode {
        try await change(invocation, "revoked") { fleet, agent in try await fleet.revoke(agent) }
    }

    /// Enters a key's fingerprint beforehand: what agents of the older system need, which have no tokens.
    static func expect(_ invocation: Invocation) async throws -> ExitCode {
        let fingerprint = invocation.word("FINGERPRINT") ?? ""
        guard fingerprint.hasPrefix("SHA256:") else {
            throw invocation.usageError(.badValue, "expected SHA256:..., as `ssh-keygen -l` shows it")
        }
        let projects = try projects(invocation)
        guard !projects.isEmpty else {
            throw invocation.usageError(.missingValue, "an agent needs at least one project: --project KEY")
        }
        let agent = try agent(invocation)
        try await openFleet(invocation).expect(fingerprint, of: agent, for: projects)
        try invocation.console.print("\(agent) may register with that key")
        return .success
    }

    static func evict(_ invocation: Invocation) async throws -> ExitCode {
        try await change(invocation, "evicted") { fleet, agent in try await fleet.evict(agent) }
    }

    static func ban(_ invocation: Invocation) async throws -> ExitCode {
        try await change(invocation, "banned") { fleet, agent in try await fleet.ban(agent) }
    }

    static func unban(_ invocation: Invocation) async throws -> ExitCode {
        try await change(invocation, "unbanned; it stays revoked until it is approved or enrolled:") { fleet, agent in
            try await fleet.unban(agent)
        }
    }

    private static func change(
        _ invocation: Invocation, _ done: String, _ body: (Fleet, AgentKey) async throws -> Void
    ) async throws -> ExitCode {
        let fleet = try openFleet(invocation)
        let agent = try agent(invocation)
        do {
            try await body(fleet, agent)
        } catch let refusal as Refusal {
            throw Refused(refusal, "agent \(agent)", advice: "See `controller agents list`.")
        }
        try await updateKeys(fleet, invocation)
        try invocation.console.print("\(done) \(agent)")
        return .success
    }

    static func trigger(_ invocation: Invocation) async throws -> ExitCode {
        let fleet = try openFleet(invocation)
        let only = try invocation.value("agent").map { text in try AgentKey(text) }
        for word in invocation.words("PROJECT") {
            let project = try ProjectKey(word)
            do {
                let agents = try await fleet.trigger(project, of: only)
                try invocation.console.print("\(project): asked \(agents.map(\.text).joined(separator: ", "))")
            } catch let refusal as Refusal {
                throw Refused(
                    refusal, "project \(project)",
                    advice: "See who has it with `controller agents list`; enrol one with "
                        + "`controller enrol AGENT --project \(project)`.")
            }
        }
        return .success
    }

    /// A refusal with its mend.
    struct Refused: Failure {
        let refusal: Refusal
        let subject: String
        let advice: String?
        var exitCode: ExitCode { .failure }
        var description: String { "\(subject): \(refusal)" }

        init(_ refusal: Refusal, _ subject: String, advice: String?) {
            self.refusal = refusal
            self.subject = subject
            self.advice = advice
        }
    }

    // MARK: -

    static func openFleet(_ invocation: Invocation) throws -> Fleet {
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        let state = ControllerState(configuration)
        try state.requireReady()
        return try state.openFleet()
    }

    /// The running SSH server looks at its list of keys at each login.
    private static func updateKeys(_ fleet: Fleet, _ invocation: Invocation) async throws {
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        let keys = try LoginKeys(
            fleet: fleet, state: configuration.home, quota: configuration.agentQuota.bytes)
        _ = try keys.prepare()
        try await keys.renew()
    }

    private static func agent(_ invocation: Invocation) throws -> AgentKey {
        try AgentKey(invocation.word("AGENT") ?? "")
    }

    private static func projects(_ invocation: Invocation) throws -> [ProjectKey] {
        try invocation.values("project").map { text in try ProjectKey(text) }
    }
}
