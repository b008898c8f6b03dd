internal import Blocking
package import ControllerAPI
package import Cryptography
package import Database
package import Timestamps

/// Decides about agents: who may enrol, with which key, for which projects. Each decision is one transaction and
/// leaves a line in the audit trail.
package actor Fleet {
    let database: Store
    /// Whose account it is that does what the current task does; each line of the audit trail has it.
    @TaskLocal package static var account: AccountName?

    /// Encrypts salts; `nil` leaves them as they are.
    let saltsKey: SecretBox?
    package nonisolated let now: @Sendable () -> Timestamp
    private let executor = QueueExecutor("fleet")

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Opens the controller's store and brings its tables up to date.
    /// - Parameters:
    ///   - saltsKey: encrypts and opens salts.
    ///   - now: the clock, which tests replace.
    package init(
        _ location: StoreLocation, saltsKey: SecretBox? = nil, now: @escaping @Sendable () -> Timestamp = { .now }
    ) throws {
        database = try Store(location)
        self.saltsKey = saltsKey
        self.now = now
        try database.migrate(FleetSchema.migrations)
    }

    /// The same with an SQLite database.
    package init(_ path: String, now: @escaping @Sendable () -> Timestamp = { .now }) throws {
        try self.init(.file(path), now: now)
    }

    /// Opens a store whose tables are up to date for questions only, on a connection of its own: whoever asks it does not
    /// wait for those who change something, and sees what they have committed.
    package init(reading location: StoreLocation, now: @escaping @Sendable () -> Timestamp = { .now }) throws {
        database = try Store(location)
        saltsKey = nil
        self.now = now
    }

    /// Makes a token with which an agent may register its key once, for these projects.
    /// - Returns: the token, which is kept nowhere.
    package func enrol(_ agent: AgentKey, for projects: [ProjectKey], validity: Duration) throws -> String {
        let token = Self.tokenPrefix + Base64.url.encode(Random.bytes(24))
        try database.transaction {
            for project in projects { try make(project) }
            try database.execute(
                "INSERT INTO controller_tokens (digest, agent, projects, expires_at) VALUES (?, ?, ?, ?)",
                Self.digest(of: token), agent.text, projects.map(\.text).joined(separator: " "),
                (now() + validity).seconds)
            try audit("token-issued", agent, detail: projects.map(\.text).joined(separator: " "))
        }
        return token
    }

    /// Decides about a registration whose signature by the posted key was verified.
    package func register(
        _ agent: AgentKey, for project: ProjectKey, key: PublicKey, token: String? = nil, lineage: StateLineage? = nil,
        from address: String? = nil
    ) throws -> RegistrationDecision {
        try deciding(agent, project, from: address) {
            try decide(agent, project, LoginKey(key), token, lineage, address)
        }
    }

    /// Runs a decision in a transaction of its own; a refusal undoes it and is noted in the audit trail.
    func deciding(
        _ agent: AgentKey, _ project: ProjectKey, from address: String? = nil,
        _ decide: () throws -> RegistrationDecision
    ) throws -> RegistrationDecision {
        try database.transaction {
            do {
                let decision = try database.transaction { try decide() }
                if case .accepted(_, generation: ...1) = decision { try audit("registered", agent, project) }
                return decision
            } catch let refusal as Refusal {
                try audit("registration-refused", agent, project, detail: refusal.code)
                if case .copiedState = refusal { try noteCopy(of: agent, at: address) }
                return .refused(refusal)
            }
        }
    }

    private func decide(
        _ agent: AgentKey, _ project: ProjectKey, _ key: LoginKey, _ token: String?, _ lineage: StateLineage?,
        _ address: String?
    ) throws -> RegistrationDecision {
        let known = try record(of: agent)
        if known?.isBanned == true { throw Refusal.banned }
        try requireOwn(key, agent)
        let isKnownKey = known?.key == key && known?.state == .enrolled
        if let known, known.state == .enrolled, known.nextKey == key {
            // The agent uses its new key: from now on the old one is worth nothing.
            try store(agent, key, .enrolled)
            try audit("key-rotated", agent, detail: key.fingerprint)
        } else if !isKnownKey, let token {
            try redeem(token, for: agent)
            try store(agent, key, .enrolled)
        } else if !isKnownKey, try isExpected(key, of: agent) {
            try store(agent, key, .enrolled)
        } else if let known {
            switch known.state {
            case .revoked: throw Refusal.revoked
            case .pending where known.key == key: return .pending(fingerprint: key.fingerprint)
            case .pending, .enrolled: if known.key != key { throw Refusal.anotherKey }
            }
        } else {
            try store(agent, key, .pending)
            try audit("pending", agent, project, detail: key.fingerprint)
            return .pending(fingerprint: key.fingerprint)
        }
        guard try isEntitled(agent, to: project) else { throw Refusal.notEntitled }
        let generation = try advance(agent, lineage, isNew: !isKnownKey, address)
        return .accepted(try salts(of: project), generation: generation)
    }

    /// - Throws: `Refusal.sharedKey`: the SSH server could not tell two agents with one key apart.
    func requireOwn(_ key: LoginKey, _ agent: AgentKey) throws {
        for line in [key.openSSH()] {
            let owner: String? = try database.first(
                """
                SELECT agent FROM controller_agents
                WHERE agent <> ? AND state = 'enrolled' AND (public_key LIKE ? || ' %' OR next_key LIKE ? || ' %')
                """, agent.text, line, line)
            if let owner { throw Refusal.sharedKey(try AgentKey(owner)) }
        }
    }

    /// Counts a registration of the agent's state directory.
    /// - Throws: `Refusal.copiedState` where another directory with the same key has registered since.
    private func advance(
        _ agent: AgentKey, _ lineage: StateLineage?, isNew: Bool, _ address: String?
    ) throws -> Int {
        let state = try database.first(
            "SELECT generation, lineage, address FROM controller_agents WHERE agent = ?", agent.text
        ) { row in (generation: try row[0] as Int, word: try row[1] as String?, address: try row[2] as String?) }
        let generation = state?.generation ?? 0
        guard let lineage else { return generation }
        // The answer to the registration before may not have arrived.
        let isRepeated = lineage.generation == generation - 1 && lineage.word == state?.word
        if isRepeated { return generation }
        // After an approval whoever registers next is the right one.
        // One that is ahead is not the copy: the controller was brought back to an earlier state.
        // A new directory, or one that lost what it knew, begins anew; the old one is then the copy.
        let goesOn =
            isNew || generation <= 0 || state?.word == nil || lineage.generation >= generation
            || lineage.generation == 0
        guard goesOn else { throw Refusal.copiedState(address: state?.address) }
        if lineage.generation == 0, generation > 0, !isNew { try audit("state-lost", agent) }
        let next = max(generation, lineage.generation, 0) + 1
        try database.execute(
            "UPDATE controller_agents SET generation = ?, lineage = ?, address = coalesce(?, address) WHERE agent = ?",
            next, lineage.word, address, agent.text)
        return next
    }

    private func isExpected(_ key: LoginKey, of agent: AgentKey) throws -> Bool {
        let expected = try database.first(
            "SELECT fingerprint, projects FROM controller_expected_keys WHERE agent = ?", agent.text
        ) { row in (fingerprint: try row[0] as String, projects: try row[1] as String) }
        guard let expected, expected.fingerprint == key.fingerprint else { return false }
        for project in expected.projects.split(separator: " ") { try entitle(agent, to: ProjectKey(String(project))) }
        return true
    }

    /// Uses up a token and gives the agent the projects that it stands for.
    private func redeem(_ token: String, for agent: AgentKey) throws {
        let digest = Self.digest(of: token)
        let found = try database.first(
            "SELECT agent, projects, expires_at, used_at FROM controller_tokens WHERE digest = ?", digest
        ) { row in
            (
                agent: try row[0] as String, projects: try row[1] as String, expires: try row[2] as Int,
                used: try row[3] as String?
            )
        }
        guard let found, found.agent == agent.text else { throw Refusal.unknownToken }
        guard found.used == nil else { throw Refusal.usedToken }
        guard now().seconds < found.expires else { throw Refusal.expiredToken }
        try database.execute("UPDATE controller_tokens SET used_at = ? WHERE digest = ?", now().rfc3339, digest)
        for project in found.projects.split(separator: " ") { try entitle(agent, to: ProjectKey(String(project))) }
    }

    /// The key of an agent that may speak to the controller; `nil` for any other, and for those that do not sign.
    package func key(of agent: AgentKey) throws -> PublicKey? {
        guard let known = try record(of: agent), known.state == .enrolled else { return nil }
        return known.key.signing
    }

    /// The keys that may have signed a bundle of this agent: the one it has, the one to come, those it had.
    package func sealingKeys(of agent: AgentKey) throws -> [PublicKey] {
        guard let known = try record(of: agent) else { return [] }
        let former = try database.all(
            "SELECT public_key FROM controller_former_keys WHERE agent = ? ORDER BY ended_at DESC", agent.text
        ) { row in try LoginKey(openSSH: row[0]) }
        return (known.loginKeys + former).compactMap(\.signing)
    }

    package func isEntitled(_ agent: AgentKey, to project: ProjectKey) throws -> Bool {
        try database.first(
            "SELECT 1 FROM controller_entitlements WHERE agent = ? AND project = ?", agent.text, project.text) as Int?
            != nil
    }

    /// All agents in the order of their keys.
    package func agents() throws -> [AgentRecord] {
        let entitlements = try database.all(
            "SELECT agent, project FROM controller_entitlements ORDER BY agent, project"
        ) { row in (agent: try AgentKey(row[0]), project: try ProjectKey(row[1])) }
        let projects = Dictionary(grouping: entitlements, by: \.agent)
        return try database.all(
            "SELECT \(AgentRecord.columns) FROM controller_agents ORDER BY agent", row: AgentRecord.init
        )
        .map { agent in
            var agent = agent
            agent.projects = projects[agent.agent, default: []].map(\.project)
            return agent
        }
    }

    /// The agents that may log in, in the order of their keys, without their projects.
    package func enrolledAgents() throws -> [AgentRecord] {
        try database.all(
            "SELECT \(AgentRecord.columns) FROM controller_agents WHERE state = 'enrolled' ORDER BY agent",
            row: AgentRecord.init)
    }

    // MARK: -

    package func projects(of agent: AgentKey) throws -> [ProjectKey] {
        try database.all(
            "SELECT project FROM controller_entitlements WHERE agent = ? ORDER BY project", agent.text
        ) { row in try ProjectKey(row[0]) }
    }

    func record(of agent: AgentKey) throws -> AgentRecord? {
        try database.first(
            "SELECT \(AgentRecord.columns) FROM controller_agents WHERE agent = ?", agent.text, row: AgentRecord.init)
    }

    /// Sets an agent's key and state; a key that was to come next is forgotten.
    func store(_ agent: AgentKey, _ key: LoginKey, _ state: AgentRecord.State, isLegacy: Bool = false) throws {
        if let before = try record(of: agent), before.key != key, before.state == .enrolled {
            try database.execute(
                """
                INSERT INTO controller_former_keys (agent, public_key, ended_at) VALUES (?, ?, ?)
                ON CONFLICT (agent, public_key) DO UPDATE SET ended_at = excluded.ended_at
                """, agent.text, before.key.openSSH(), now().rfc3339)
        }
        try database.execute(
            """
            INSERT INTO controller_agents (agent, public_key, state, registered_at, is_legacy) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (agent) DO UPDATE SET
                public_key = excluded.public_key, state = excluded.state, is_legacy = excluded.is_legacy, next_key = NULL
            """, agent.text, key.openSSH(comment: agent.text), state.rawValue, now().rfc3339, isLegacy)
        try countKeyChange()
    }

    func entitle(_ agent: AgentKey, to project: ProjectKey) throws {
        try database.execute(
            "INSERT INTO controller_entitlements (agent, project) VALUES (?, ?) ON CONFLICT DO NOTHING", agent.text,
            project.text)
    }

    func audit(_ event: String, _ agent: AgentKey?, _ project: ProjectKey? = nil, detail: String? = nil) throws {
        try database.execute(
            "INSERT INTO controller_audit (at, event, agent, project, detail, account) VALUES (?, ?, ?, ?, ?, ?)",
            now().rfc3339, event, agent?.text, project?.text, detail, Self.account?.text)
    }

    /// Tells a token from other secrets, for people and for programs that look for secrets in the wrong places.
    private static let tokenPrefix = "enrol-"

    private static func digest(of token: String) -> String { SHA256.digest(of: Array(token.utf8)).hex }
}
