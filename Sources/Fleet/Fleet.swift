internal import Blocking
package import ControllerAPI
package import Cryptography
package import Database
package import Timestamps

/// Decides about agents: who may enrol, with which key, for which projects. Each decision is one transaction and
/// leaves a line in the audit trail.
package actor Fleet {
    let database: Store
    let now: @Sendable () -> Timestamp
    private let executor = QueueExecutor("fleet")

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Opens the controller's store and brings its tables up to date.
    /// - Parameter now: the clock, which tests replace.
    package init(_ location: StoreLocation, now: @escaping @Sendable () -> Timestamp = { .now }) throws {
        database = try Store(location)
        self.now = now
        try database.migrate(FleetSchema.migrations)
    }

    /// The same with an SQLite database.
    package init(_ path: String, now: @escaping @Sendable () -> Timestamp = { .now }) throws {
        try self.init(.file(path), now: now)
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
        _ agent: AgentKey, for project: ProjectKey, key: PublicKey, token: String?
    ) throws -> RegistrationDecision {
        try database.transaction {
            do {
                let decision = try database.transaction { try decide(agent, project, key, token) }
                if case .pending = decision { return decision }
                try audit("registered", agent, project)
                return decision
            } catch let refusal as Refusal {
                try audit("registration-refused", agent, project, detail: refusal.code)
                return .refused(refusal)
            }
        }
    }

    private func decide(
        _ agent: AgentKey, _ project: ProjectKey, _ key: PublicKey, _ token: String?
    ) throws -> RegistrationDecision {
        let known = try record(of: agent)
        if known?.key != key || known?.state == .pending, let token {
            try redeem(token, for: agent)
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
        return .accepted(try salts(of: project))
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

    /// Accepts the key with which a pending agent registered, for these projects.
    /// - Throws: `Refusal.unknownAgent` where there is no such agent.
    package func approve(_ agent: AgentKey, for projects: [ProjectKey]) throws {
        try database.transaction {
            guard let known = try record(of: agent) else { throw Refusal.unknownAgent }
            try store(agent, known.key, .enrolled)
            for project in projects {
                try make(project)
                try entitle(agent, to: project)
            }
            try audit("approved", agent, detail: known.key.fingerprint)
        }
    }

    /// Shuts an agent out until it is approved or enrolled again.
    /// - Throws: `Refusal.unknownAgent` where there is no such agent.
    package func revoke(_ agent: AgentKey) throws {
        try database.transaction {
            guard let known = try record(of: agent) else { throw Refusal.unknownAgent }
            try store(agent, known.key, .revoked)
            try audit("revoked", agent)
        }
    }

    /// The key of an agent that may speak to the controller; `nil` for any other.
    package func key(of agent: AgentKey) throws -> PublicKey? {
        guard let known = try record(of: agent), known.state == .enrolled else { return nil }
        return known.key
    }

    package func isEntitled(_ agent: AgentKey, to project: ProjectKey) throws -> Bool {
        try database.first(
            "SELECT 1 FROM controller_entitlements WHERE agent = ? AND project = ?", agent.text, project.text) as Int?
            != nil
    }

    /// All agents in the order of their keys.
    package func agents() throws -> [AgentRecord] {
        try database.all(
            "SELECT agent, public_key, state, registered_at FROM controller_agents ORDER BY agent",
            row: AgentRecord.init
        )
        .map { agent in
            var agent = agent
            agent.projects = try database.all(
                "SELECT project FROM controller_entitlements WHERE agent = ? ORDER BY project", agent.agent.text
            ) { row in try ProjectKey(row[0]) }
            return agent
        }
    }

    // MARK: -

    private func record(of agent: AgentKey) throws -> AgentRecord? {
        try database.first(
            "SELECT agent, public_key, state, registered_at FROM controller_agents WHERE agent = ?", agent.text,
            row: AgentRecord.init)
    }

    private func store(_ agent: AgentKey, _ key: PublicKey, _ state: AgentRecord.State) throws {
        try database.execute(
            """
            INSERT INTO controller_agents (agent, public_key, state, registered_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (agent) DO UPDATE SET public_key = excluded.public_key, state = excluded.state
            """, agent.text, key.openSSH(comment: agent.text), state.rawValue, now().rfc3339)
    }

    /// Makes a project and its salts, unless there is one.
    private func make(_ project: ProjectKey) throws {
        try database.execute(
            "INSERT INTO controller_projects (project, salt, pepper) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            project.text, Base64.standard.encode(Random.bytes(24)), Base64.standard.encode(Random.bytes(24)))
    }

    private func entitle(_ agent: AgentKey, to project: ProjectKey) throws {
        try database.execute(
            "INSERT INTO controller_entitlements (agent, project) VALUES (?, ?) ON CONFLICT DO NOTHING", agent.text,
            project.text)
    }

    private func salts(of project: ProjectKey) throws -> Salts {
        let salts = try database.first("SELECT salt, pepper FROM controller_projects WHERE project = ?", project.text) {
            row in
            Salts(salt: try row[0], pepper: try row[1])
        }
        guard let salts else { throw Refusal.notEntitled }
        return salts
    }

    func audit(_ event: String, _ agent: AgentKey, _ project: ProjectKey? = nil, detail: String? = nil) throws {
        try database.execute(
            "INSERT INTO controller_audit (at, event, agent, project, detail) VALUES (?, ?, ?, ?, ?)",
            now().rfc3339, event, agent.text, project?.text, detail)
    }

    /// Tells a token from other secrets, for people and for programs that look for secrets in the wrong places.
    private static let tokenPrefix = "enrol-"

    private static func digest(of token: String) -> String { SHA256.digest(of: Array(token.utf8)).hex }
}
