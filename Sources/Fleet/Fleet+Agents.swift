package import ControllerAPI
package import Cryptography
internal import Database
package import Timestamps

/// What operators decide about agents, and what agents do to their own keys.
extension Fleet {
    /// What is known of an agent, its projects included.
    package func agent(_ agent: AgentKey) throws -> AgentRecord? {
        guard var record = try record(of: agent) else { return nil }
        record.projects = try projects(of: agent)
        return record
    }

    /// Enters the fingerprint of a key with which an agent will register; it needs no token then.
    package func expect(_ fingerprint: String, of agent: AgentKey, for projects: [ProjectKey]) throws {
        try database.transaction {
            for project in projects { try make(project) }
            try database.execute(
                """
                INSERT INTO controller_expected_keys (agent, fingerprint, projects, entered_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (agent) DO UPDATE SET
                    fingerprint = excluded.fingerprint, projects = excluded.projects, entered_at = excluded.entered_at
                """, agent.text, fingerprint, projects.map(\.text).joined(separator: " "), now().rfc3339)
            try audit("key-expected", agent, detail: fingerprint)
        }
    }

    /// Accepts the key with which an agent registered, for these projects besides those it has; also takes back a
    /// revocation, and takes the state directory that registers next for the right one.
    /// - Parameter fingerprint: the key that somebody looked at; `nil` for whatever it is by now.
    /// - Throws: `Refusal.unknownAgent`, `Refusal.banned`, `Refusal.anotherKey`, `Refusal.sharedKey`.
    package func approve(_ agent: AgentKey, seen fingerprint: String? = nil, for projects: [ProjectKey]) throws {
        try database.transaction {
            guard let known = try record(of: agent) else { throw Refusal.unknownAgent }
            guard !known.isBanned else { throw Refusal.banned }
            if let fingerprint, known.key.fingerprint != fingerprint { throw Refusal.anotherKey }
            try requireOwn(known.key, agent)
            if known.state != .enrolled { try store(agent, known.key, .enrolled, isLegacy: known.isLegacy) }
            try database.execute(
                """
                UPDATE controller_agents SET lineage = NULL, copy_seen_at = NULL, copy_address = NULL
                WHERE agent = ?
                """, agent.text)
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
            try store(agent, known.key, .revoked, isLegacy: known.isLegacy)
            try dropTokens(of: agent)
            try audit("revoked", agent)
        }
    }

    /// Shuts an agent out until the ban is lifted: neither token nor approval helps.
    /// - Throws: `Refusal.unknownAgent` where there is no such agent.
    package func ban(_ agent: AgentKey) throws {
        try database.transaction {
            guard let known = try record(of: agent) else { throw Refusal.unknownAgent }
            try store(agent, known.key, .revoked, isLegacy: known.isLegacy)
            try database.execute(
                "UPDATE controller_agents SET banned_at = ? WHERE agent = ?", now().rfc3339, agent.text)
            try dropTokens(of: agent)
            try audit("banned", agent)
        }
    }

    /// Lifts a ban; the agent is revoked from then on.
    /// - Throws: `Refusal.unknownAgent` where there is no such agent.
    package func unban(_ agent: AgentKey) throws {
        try database.transaction {
            guard try record(of: agent) != nil else { throw Refusal.unknownAgent }
            try database.execute("UPDATE controller_agents SET banned_at = NULL WHERE agent = ?", agent.text)
            try audit("unbanned", agent)
        }
    }

    /// Forgets an agent's key and projects. It may enrol again as a new one; what it delivered stays.
    /// - Throws: `Refusal.unknownAgent`, and `Refusal.banned`: a ban is not forgotten.
    package func evict(_ agent: AgentKey) throws {
        try database.transaction {
            guard let known = try record(of: agent) else { throw Refusal.unknownAgent }
            guard !known.isBanned else { throw Refusal.banned }
            try database.execute("DELETE FROM controller_entitlements WHERE agent = ?", agent.text)
            try database.execute("DELETE FROM controller_expected_keys WHERE agent = ?", agent.text)
            try database.execute("DELETE FROM controller_former_keys WHERE agent = ?", agent.text)
            try database.execute("DELETE FROM controller_agents WHERE agent = ?", agent.text)
            try dropTokens(of: agent)
            try countKeyChange()
            try audit("evicted", agent)
        }
    }

    private func dropTokens(of agent: AgentKey) throws {
        try database.execute(
            "UPDATE controller_tokens SET used_at = ? WHERE agent = ? AND used_at IS NULL", now().rfc3339, agent.text)
        try database.execute("DELETE FROM controller_expected_keys WHERE agent = ?", agent.text)
    }

    /// Takes a key that an agent will use next, in a request signed by the one it has, with proof that it has both.
    /// Both may log in from now on; the first request signed with the new one ends the old one.
    package func rotate(_ agent: AgentKey, to key: PublicKey) throws {
        try database.transaction {
            guard let known = try record(of: agent), known.state == .enrolled else { throw Refusal.unknownAgent }
            let next = LoginKey(key)
            guard known.key != next else { return }
            try requireOwn(next, agent)
            try database.execute(
                "UPDATE controller_agents SET next_key = ? WHERE agent = ?", next.openSSH(comment: agent.text),
                agent.text)
            try countKeyChange()
            try audit("key-announced", agent, detail: next.fingerprint)
        }
    }

    /// The agent uses the key that was to come next: the other one is worth nothing from now on.
    package func promoteKey(of agent: AgentKey) throws {
        try database.transaction {
            guard let known = try record(of: agent), let next = known.nextKey else { return }
            try store(agent, next, known.state)
            try audit("key-rotated", agent, detail: next.fingerprint)
        }
    }

    /// Registers the posted key of an agent that does not sign.
    ///
    /// The caller has seen to it that the request came from one of the project's networks.
    /// - Parameter acceptsUnknown: whether the first key of an agent that nobody has heard of counts.
    package func registerLegacy(
        _ agent: AgentKey, for project: ProjectKey, key: LoginKey, acceptsUnknown: Bool
    ) throws -> RegistrationDecision {
        try deciding(agent, project) {
            if let known = try record(of: agent) {
                guard !known.isBanned else { throw Refusal.banned }
                if known.state == .enrolled {
                    guard known.isLegacy else { throw Refusal.notLegacy }
                    guard known.key == key else { throw Refusal.anotherKey }
                    guard try isEntitled(agent, to: project) else { throw Refusal.notEntitled }
                    return .accepted(try salts(of: project), generation: known.generation)
                }
            }
            try requireOwn(key, agent)
            let expected = try database.first(
                "SELECT fingerprint, projects FROM controller_expected_keys WHERE agent = ?", agent.text
            ) { row in (fingerprint: try row[0] as String, projects: try row[1] as String) }
            var projects = [project]
            if let expected {
                guard expected.fingerprint == key.fingerprint else { throw Refusal.unexpectedKey }
                projects = try expected.projects.split(separator: " ").map { text in try ProjectKey(String(text)) }
            } else {
                guard acceptsUnknown, try record(of: agent) == nil else { throw Refusal.unexpectedKey }
                // Nobody makes projects by asking for them.
                guard try isProject(project) else { throw Refusal.unknownProject }
            }
            try store(agent, key, .enrolled, isLegacy: true)
            for project in projects { try entitle(agent, to: project) }
            guard try isEntitled(agent, to: project) else { throw Refusal.notEntitled }
            return .accepted(try salts(of: project), generation: 0)
        }
    }

    /// Whether a request comes from the state directory that registered last.
    /// - Parameter word: what the directory chose for a registration whose answer it waits for.
    package func isCurrent(_ agent: AgentKey, generation: Int, word: String?) throws -> Bool {
        let known = try database.first(
            "SELECT generation, lineage FROM controller_agents WHERE agent = ?", agent.text
        ) { row in (generation: try row[0] as Int, word: try row[1] as String?) }
        guard let known, known.generation > 0, known.word != nil else { return true }
        return generation >= known.generation || generation == known.generation - 1 && word == known.word
    }

    /// Notes that another state directory with the agent's key asked, and was refused.
    package func noteCopy(of agent: AgentKey, at address: String?) throws {
        try database.execute(
            "UPDATE controller_agents SET copy_seen_at = ?, copy_address = ? WHERE agent = ?", now().rfc3339, address,
            agent.text)
    }

    /// Notes where each of some agents was last heard of.
    package func saw(_ sightings: [AgentKey: Sighting]) throws {
        try database.transaction(.beside) {
            // In one order, so that no two controllers wait for each other.
            for (agent, sighting) in sightings.sorted(by: { $0.key < $1.key }) {
                try sawAgent(agent, from: sighting.address, version: sighting.version, at: sighting.at)
            }
        }
    }

    /// Notes where an agent was last heard of.
    package func sawAgent(_ agent: AgentKey, from address: String, version: String?, at time: Timestamp? = nil) throws {
        try database.execute(
            "UPDATE controller_agents SET seen_at = ?, address = ?, version = coalesce(?, version) WHERE agent = ?",
            (time ?? now()).rfc3339, address, version, agent.text)
    }

    // MARK: Changes of keys

    /// Grows with each change of who may log in; other processes look at it.
    package func keyChanges() throws -> Int {
        try database.first("SELECT value FROM controller_counters WHERE name = 'keys'") ?? 0
    }

    func countKeyChange() throws {
        try database.execute(
            """
            INSERT INTO controller_counters (name, value) VALUES ('keys', 1)
            ON CONFLICT (name) DO UPDATE SET value = controller_counters.value + 1
            """)
    }
}

/// Which agents have heard of the certificate to come.
extension Fleet {
    package func noteTold(_ agent: AgentKey, of pin: String) throws {
        try database.execute(
            "UPDATE controller_agents SET told_pin = ? WHERE agent = ? AND (told_pin IS NULL OR told_pin <> ?)", pin,
            agent.text, pin)
    }

    /// Enrolled agents of ours that have not heard of a key; those of the older system cannot.
    package func agentsNotTold(of pin: String) throws -> [AgentKey] {
        try database.all(
            """
            SELECT agent FROM controller_agents WHERE state = 'enrolled' AND banned_at IS NULL AND is_legacy = 0
            AND (told_pin IS NULL OR told_pin <> ?) ORDER BY agent
            """, pin
        ) { row in try AgentKey(row[0]) }
    }
}
