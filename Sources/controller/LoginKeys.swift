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
    /// Agents that enrol together have the list written once.
    private let writing: SharedWork

    /// - Parameter fleet: is only asked.
    init(fleet: Fleet, state: String, quota: Int) throws {
        let state = try ReceivingState(state)
        let program = ProcessFacts.executablePath ?? CommandLine.arguments[0]
        self.fleet = fleet
        self.quota = quota
        self.state = state
        self.program = program
        writing = SharedWork {
            try await Self.write(fleet, state, program: program, quota: quota)
        }
    }

    /// Makes what the SSH server needs; returns the key by which agents know it.
    func prepare() throws -> PublicKey { try state.prepare() }

    /// Lets in the agents that are enrolled now, and nobody else; sessions of those that no longer are end. Writes the
    /// list whatever it says, as the settings may have changed, too.
    func renew() async throws { try await writing.run() }

    /// The same, unless the list is the one of the newest change already.
    func update() async throws {
        let changes = try await fleet.keyChanges()
        let written = try await blocking { [state] _ in try state.authorizedChanges() }
        if written != changes { try await writing.run() }
    }

    /// Another update, also of another process, may write an older list after this one has read the newer: whoever finds that
    /// keys have changed meanwhile writes again. The list says of which change it is, so that one who was killed before that
    /// is found out, too.
    private static func write(_ fleet: Fleet, _ state: ReceivingState, program: String, quota: Int) async throws {
        var changes: Int
        repeat {
            changes = try await fleet.keyChanges()
            let agents = try await fleet.enrolledAgents()
            try await blocking { [changes] _ in
                var logins: [AgentKey: Login] = [:]
                for agent in agents {
                    var terms = ReceiveSession.Terms()
                    terms.quota = quota
                    terms.isLegacy = agent.isLegacy
                    logins[agent.agent] = Login(agent.loginKeys, terms)
                }
                let before = try state.authorizedAgents()
                try state.authorize(logins, controller: program, changes: changes)
                for agent in before where logins[agent] == nil { state.endSessions(of: agent) }
            }
        } while try await fleet.keyChanges() != changes
    }
}
