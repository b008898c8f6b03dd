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
    package let key: LoginKey
    package let state: State
    /// RFC 3339, as all moments here.
    package let registeredAt: String
    /// Whether it is an agent of the older system, which does not sign.
    package let isLegacy: Bool
    /// The key that takes the place of `key` as soon as the agent uses it.
    package let nextKey: LoginKey?
    /// Neither token nor approval brings it back before the ban is lifted.
    package let isBanned: Bool
    /// How often it registered.
    package let generation: Int
    /// When and from where another state directory with the same key asked, which was refused.
    package let copySeenAt: String?
    package let copyAddress: String?
    package let seenAt: String?
    package let address: String?
    package let version: String?
    package internal(set) var projects: [ProjectKey] = []

    static let columns = """
        agent, public_key, state, registered_at, is_legacy, next_key, banned_at, generation, copy_seen_at, copy_address, \
        seen_at, address, version
        """

    /// - Parameter row: the columns above.
    init(_ row: StoreRow) throws {
        agent = try AgentKey(row[0])
        key = try LoginKey(openSSH: row[1])
        guard let state = State(rawValue: try row[2]) else {
            throw WireError(.malformed, "controller_agents.state", expected: "a known state", found: "another text")
        }
        self.state = state
        registeredAt = try row[3]
        isLegacy = try row[4]
        nextKey = try (row[5] as String?).map { text throws(CryptographyError) in try LoginKey(openSSH: text) }
        isBanned = try row[6] as String? != nil
        generation = try row[7]
        copySeenAt = try row[8]
        copyAddress = try row[9]
        seenAt = try row[10]
        address = try row[11]
        version = try row[12]
    }

    /// What it may log in with.
    package var loginKeys: [LoginKey] { [key] + (nextKey.map { [$0] } ?? []) }
}
