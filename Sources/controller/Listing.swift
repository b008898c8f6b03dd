import Commands
import ControllerAPI
import Cryptography
import Fleet

/// Lists as JSON, for programs.
enum Listing {
    static let option = Command.Option.flag("json", help: "write one JSON object")

    static func print(_ value: some Encodable, _ subject: String, _ invocation: Invocation) throws {
        try invocation.console.print(String(decoding: WireJSON.encode(value, subject: subject), as: UTF8.self))
    }

    struct Agents: Encodable {
        let agents: [Agent]
    }

    struct Agent: Encodable {
        let agent: String
        let state: String
        let banned: Bool
        let legacy: Bool
        let fingerprint: String
        let next_fingerprint: String?
        let registered_at: String
        let seen_at: String?
        let address: String?
        let version: String?
        let copy_seen_at: String?
        let copy_address: String?
        let projects: [String]

        init(_ agent: AgentRecord) {
            self.agent = agent.agent.text
            state = agent.state.rawValue
            banned = agent.isBanned
            legacy = agent.isLegacy
            fingerprint = agent.key.fingerprint
            next_fingerprint = agent.nextKey?.fingerprint
            registered_at = agent.registeredAt
            seen_at = agent.seenAt
            address = agent.address
            version = agent.version
            copy_seen_at = agent.copySeenAt
            copy_address = agent.copyAddress
            projects = agent.projects.map(\.text)
        }
    }

    struct Projects: Encodable {
        let projects: [Project]
    }

    struct Project: Encodable {
        let project: String
        let agents: [String]
        let days: Int?
        let drift_minutes: Int?
        let allowed_at: String?
        let locked_at: String?
        let lock_reason: String?
        let delivered_at: String?

        init(_ project: ProjectRecord) {
            self.project = project.project.text
            agents = project.agents.map(\.text)
            days = project.days
            drift_minutes = project.driftMinutes
            allowed_at = project.allowedAt
            locked_at = project.lockedAt
            lock_reason = project.lockReason
            delivered_at = project.deliveredAt
        }
    }

    struct Networks: Encodable {
        let networks: [Network]
    }

    struct Network: Encodable {
        /// None for all projects.
        let project: String?
        let visitors: Bool
        let networks: [String]
    }

    struct Users: Encodable {
        let users: [User]
    }

    struct User: Encodable {
        let name: String
        let role: String
        let added_at: String
        let password_set_at: String?
        let logged_in_at: String?

        init(_ account: Account) {
            name = account.name.text
            role = account.role.rawValue
            added_at = account.addedAt
            password_set_at = account.passwordSetAt
            logged_in_at = account.loggedInAt
        }
    }

    struct Audit: Encodable {
        let audit: [Fleet.AuditEntry]
    }
}
