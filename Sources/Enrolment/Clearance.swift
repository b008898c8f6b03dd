package import ControllerAPI
package import Pseudonyms

/// The permission to gather a project. Only preflight makes one, and gathering needs one.
package struct Clearance: Sendable {
    package let project: ProjectKey
    /// What makes pseudonyms. Without it personal values stay in the clear and nothing of them is ever sealed.
    package let secrets: PseudonymSecrets?

    init(_ project: ProjectKey, secrets: PseudonymSecrets?) {
        self.project = project
        self.secrets = secrets
    }
}
