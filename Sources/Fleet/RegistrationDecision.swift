package import ControllerAPI

/// What the controller answers an agent that registers its key.
package enum RegistrationDecision: Sendable {
    /// - generation: how often the agent has registered now.
    case accepted(Salts, generation: Int)
    /// A person has to accept the key first.
    case pending(fingerprint: String)
    case refused(Refusal)
}

/// Why the controller does not do what an agent or an operator asks.
package enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownAgent
    case unknownProject
    case unknownToken
    case usedToken
    case expiredToken
    case revoked
    case banned
    case anotherKey
    /// The key belongs to that agent.
    case sharedKey(AgentKey)
    /// Another state directory with the same key is in use, last from that address.
    case copiedState(address: String?)
    case notEntitled
    case noAgent
    /// It is not an agent of the older system, and did not sign.
    case notLegacy
    case unexpectedKey
    case noNetwork
    case unknownUser

    /// The reason in the audit trail; never changes.
    package var code: String {
        switch self {
        case .unknownAgent: "unknown-agent"
        case .unknownProject: "unknown-project"
        case .unknownToken: "unknown-token"
        case .usedToken: "used-token"
        case .expiredToken: "expired-token"
        case .revoked: "revoked"
        case .banned: "banned"
        case .anotherKey: "another-key"
        case .sharedKey: "shared-key"
        case .copiedState: "copied-state"
        case .notEntitled: "not-entitled"
        case .noAgent: "no-agent"
        case .notLegacy: "not-legacy"
        case .unexpectedKey: "unexpected-key"
        case .noNetwork: "no-network"
        case .unknownUser: "unknown-user"
        }
    }

    /// Whether somebody has to decide between two that claim the same, rather than to permit something.
    package var isConflict: Bool {
        switch self {
        case .anotherKey, .sharedKey, .copiedState: true
        default: false
        }
    }

    /// What happened.
    package var description: String {
        switch self {
        case .unknownAgent: "There is no such agent."
        case .unknownProject: "There is no such project."
        case .unknownToken: "The enrolment token is not one for this agent."
        case .usedToken: "The enrolment token was used before."
        case .expiredToken: "The enrolment token has expired."
        case .revoked: "The agent was revoked."
        case .banned: "The agent was banned."
        case .anotherKey: "The agent is known with another key."
        case .sharedKey(let owner): "The key is the one of agent \(owner)."
        case .copiedState(let address):
            "The agent's state directory is a copy: another one with the same key is in use"
                + (address.map { ", last seen from \($0)." } ?? ".")
        case .notEntitled: "The agent is not entitled to the project."
        case .noAgent: "No enrolled agent is entitled to the project."
        case .notLegacy: "The agent signs its requests, and this one was not signed."
        case .unexpectedKey: "The key is not the one that the operator entered for this agent."
        case .noNetwork: "The project has no list of networks, which agents that do not sign need."
        case .unknownUser: "There is no such user."
        }
    }

    /// What to do next, for whoever runs the agent.
    package func advice(to agent: AgentKey, about project: ProjectKey) -> String {
        switch self {
        case .banned: "Ask the controller's operator, who can lift it with `controller agents unban \(agent)`."
        case .sharedKey:
            "Give this agent a key of its own: another AGENT_HOME, or the same AGENT_KEY for all its projects."
        case .copiedState: Self.copyAdvice(to: agent)
        case .notEntitled: "Ask the controller's operator to run `controller projects add \(agent) \(project)`."
        case .noNetwork:
            "Ask the controller's operator to run `controller networks add NETWORK --project \(project)`."
        case .unexpectedKey, .notLegacy:
            "Ask the controller's operator to run `controller agents expect \(agent) FINGERPRINT "
                + "--project \(project)` with what `ssh-keygen -l` says of the key."
        default:
            "Ask the controller's operator to run `controller enrol \(agent) --project \(project)`, "
                + "set the new token as ENROLMENT_TOKEN, and register again."
        }
    }

    /// For whoever runs one of two directories with the same key.
    package static func copyAdvice(to agent: AgentKey) -> String {
        "Stop one of the two. If the other one is gone for good, ask the controller's operator to run "
            + "`controller agents approve \(agent)`, then register again."
    }

    /// What happened and what to do next, for whoever runs the agent.
    package func message(to agent: AgentKey, about project: ProjectKey) -> String {
        "\(description) \(advice(to: agent, about: project))"
    }
}
