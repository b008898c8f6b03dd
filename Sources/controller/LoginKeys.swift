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

    init(fleet: Fleet, state: String) throws {
        self.fleet = fleet
        self.state = try ReceivingState(state)
        program = ProcessFacts.executablePath ?? CommandLine.arguments[0]
    }

    /// Makes what the SSH server needs; returns the key by which agents know it.
    func prepare() throws -> PublicKey { try state.prepare() }

    /// Lets in the agents that are enrolled now, and nobody else.
    func update() async throws {
        var logins: [AgentKey: Login] = [:]
        for agent in try await fleet.agents() where agent.state == .enrolled {
            logins[agent.agent] = Login([LoginKey(agent.key)])
        }
        try state.authorize(logins, controller: program)
    }
}
