package import ControllerAPI
package import Cryptography
internal import Database

/// What the controller knows of one agent.
package struct AgentRecord: Sendable {
    package enum State: String, Sendable {
        /// It has shown a key that nobody has accepted yet.
        case pending
        case enrolled
        case revoked
    }

    package let agent: AgentKey
    package let key: PublicKey
    package let state: State
    /// RFC 3339.
    package let registeredAt: String
    package internal(set) var projects: [ProjectKey] = []

    /// - Parameter row: agent, public key, state and moment of registration.
    init(_ row: StoreRow) throws {
        agent = try AgentKey(row[0])
        key = try PublicKey(openSSH: row[1])
        guard let state = State(rawValue: try row[2]) else {
            throw WireError(.malformed, "controller_agents.state", expected: "a known state", found: "another text")
        }
        self.state = state
        registeredAt = try row[3]
    }
}
