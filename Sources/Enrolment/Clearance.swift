package import Pseudonyms

/// The permission to gather a project. Only preflight makes one, and gathering needs one.
package struct Clearance: Sendable {
    package enum Purpose: Sendable {
        /// The controller agreed: what is gathered is sealed and delivered.
        case delivery
        /// Files for the local export directory only; nothing of it is sealed.
        case inspection
    }

    package let project: String
    package let purpose: Purpose
    /// What makes pseudonyms; never absent where the purpose is delivery.
    package let secrets: PseudonymSecrets?

    private init(project: String, purpose: Purpose, secrets: PseudonymSecrets?) {
        self.project = project
        self.purpose = purpose
        self.secrets = secrets
    }

    /// - Parameter secrets: those that the controller handed out for the project.
    static func delivery(of project: String, secrets: PseudonymSecrets) -> Clearance {
        Clearance(project: project, purpose: .delivery, secrets: secrets)
    }

    static func inspection(of project: String, secrets: PseudonymSecrets?) -> Clearance {
        Clearance(project: project, purpose: .inspection, secrets: secrets)
    }
}
