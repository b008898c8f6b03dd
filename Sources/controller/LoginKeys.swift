import Blocking
import ControllerAPI
import Cryptography
import Files
import Fleet
import Lifecycle
import Receiving

/// Keeps the SSH server's list of keys the same as the fleet's.
struct LoginKeys: Sendable {
    private let fleet: Fleet
    private let state: ReceivingState
    /// The program that the SSH server runs for each login.
    private let program: String

    /// Bytes that may lie in an agent's directory.
    private let quota: Int

    init(fleet: Fleet, state: String, quota: Int) throws {
        self.fleet = fleet
        self.quota = quota
        self.state = try ReceivingState(state)
        program = ProcessFacts.executablePath ?? CommandLine.arguments[0]
    }

    /// Makes what the SSH server needs; returns the key by which agents know it.
    func prepare() throws -> PublicKey { try state.prepare() }

    /// Lets in the agents that are enrolled now, and nobody else; sessions of those that no longer are end.
    ///
    /// Another update, also of another process, may write an older list after this one has read the newer: whoever finds that
    /// keys have changed meanwhile writes again.
    func update() async throws {
        var changes: Int
        repeat {
            changes = try await fleet.keyChanges()
            try await write()
        } while try await fleet.keyChanges() != changes
    }

    private func write() async throws {
        var logins: [AgentKey: Login] = [:]
        for agent in try await fleet.agents() where agent.state == .enrolled {
            var terms = ReceiveSession.Terms()
            terms.quota = quota
            terms.isLegacy = agent.isLegacy
            logins[agent.agent] = Login(agent.loginKeys, terms)
        }
        let before = try state.authorizedAgents()
        try state.authorize(logins, controller: program)
        for agent in before where logins[agent] == nil {
            try await blocking { [state] _ in state.endSessions(of: agent) }
        }
    }
}
