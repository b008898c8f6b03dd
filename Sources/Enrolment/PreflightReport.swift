package import ControllerAPI

/// What preflight found for one project.
package struct PreflightReport: Sendable {
    /// Names of problems, as older agents have them where they know the problem.
    package enum Problem: Hashable, Sendable, CustomStringConvertible {
        case secretsMissing
        case secretsFormat
        /// No controller is configured.
        case controllerUnset
        case controllerUnreachable
        /// It has another certificate, or its certificate is for another host.
        case controllerNotTrusted
        case controllerFormat
        case controllerHTTP
        case controllerServiceUnavailable
        /// A part of the controller's status that is not well, by its name.
        case status(String)

        package var description: String {
            switch self {
            case .secretsMissing: "secrets-missing"
            case .secretsFormat: "secrets-format"
            case .controllerUnset: "controller-unset"
            case .controllerUnreachable: "controller-unreachable"
            case .controllerNotTrusted: "controller-not-trusted"
            case .controllerFormat: "controller-format"
            case .controllerHTTP: "controller-http"
            case .controllerServiceUnavailable: "controller-service-unavailable"
            case .status(let part): "controller-status-\(part)"
            }
        }

        /// Whether the controller is well and only says that it is not the time.
        var isNotNow: Bool {
            switch self {
            case .controllerServiceUnavailable, .status: true
            default: false
            }
        }
    }

    /// One check, with what to do where it failed.
    package struct Check: Sendable {
        package let name: String
        /// `nil` when it passed.
        package let problem: Problem?
        package let message: String
        package let advice: String?

        static func passed(_ name: String, _ message: String) -> Check {
            Check(name: name, problem: nil, message: message, advice: nil)
        }

        static func failed(_ name: String, _ problem: Problem, _ message: String, _ advice: String?) -> Check {
            Check(name: name, problem: problem, message: message, advice: advice)
        }
    }

    package let project: ProjectKey
    package let checks: [Check]
    /// The permission to gather; `nil` when a check failed that counts.
    package let clearance: Clearance?

    package var problems: [Problem] { checks.compactMap(\.problem) }

    /// Whether all that is wrong is that the controller does not want the project gathered now.
    package var isNotNow: Bool { clearance == nil && problems.allSatisfy(\.isNotNow) }
}
