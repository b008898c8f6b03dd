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
        }
    }

    /// What happened and what to do next, for whoever runs the agent.
    package var description: String {
        switch self {
        case .unknownAgent: "There is no such agent. List those there are with: controller agents list"
        case .unknownToken:
            "The enrolment token is not one for this agent. Ask the operator of the controller for a new one: controller enrol KEY --project PROJECT"
        case .usedToken:
            "The enrolment token was used before. Ask the operator of the controller for a new one: controller enrol KEY --project PROJECT"
        case .expiredToken:
            "The enrolment token has expired. Ask the operator of the controller for a new one: controller enrol KEY --project PROJECT"
        case .revoked:
            "The agent was revoked. Ask the operator of the controller: controller enrol KEY --project PROJECT"
        case .anotherKey:
            "The agent is known with another key. If its key was made anew, ask the operator of the controller for a token: controller enrol KEY --project PROJECT"
        case .notEntitled:
            "The agent is not entitled to the project. Ask the operator of the controller: controller enrol KEY --project PROJECT"
        }
    }
}
