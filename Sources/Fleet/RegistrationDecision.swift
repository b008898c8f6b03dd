package import ControllerAPI

/// What the controller answers an agent that registers its key.
package enum RegistrationDecision: Sendable {
    case accepted(Salts)
    /// A person has to accept the key first.
    case pending(fingerprint: String)
    case refused(Refusal)
}

/// Why the controller does not do what an agent or an operator asks.
package enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownAgent
    case unknownToken
    case usedToken
    case expiredToken
    case revoked
    case anotherKey
    case notEntitled
    case noAgent

    /// The reason in the audit trail; never changes.
    package var code: String {
        switch self {
        case .unknownAgent: "unknown-agent"
        case .unknownToken: "unknown-token"
        case .usedToken: "used-token"
        case .expiredToken: "expired-token"
        case .revoked: "revoked"
        case .anotherKey: "another-key"
        case .notEntitled: "not-entitled"
        case .noAgent: "no-agent"
        }
    }

    /// What happened.
    package var description: String {
        switch self {
        case .unknownAgent: "There is no such agent."
        case .unknownToken: "The enrolment token is not one for this agent."
        case .usedToken: "The enrolment token was used before."
        case .expiredToken: "The enrolment token has expired."
        case .revoked: "The agent was revoked."
        case .anotherKey: "The agent is known with another key."
        case .notEntitled: "The agent is not entitled to the project."
        case .noAgent: "No enrolled agent is entitled to the project."
        }
    }

    /// What happened and what to do next, for whoever runs the agent.
    package func message(to agent: AgentKey, about project: ProjectKey) -> String {
        "\(description) Ask the controller's operator to run `controller enrol \(agent) --project \(project)`, "
            + "set the new token as ENROLMENT_TOKEN, and register again."
    }
}
