package import ControllerAPI
import ControllerClient

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
        /// Too little room to write, or none at all.
        case diskFull
        /// A directory or file that cannot be used as it must be: read-only, of somebody else, or not to be read.
        case fileAccess
        /// As much waits for the controller as may.
        case outboxFull
        /// What waits for the controller is not whole.
        case outboxDamaged
        /// A certificate that is over, or soon will be.
        case certificateExpired
        /// This machine's clock is off by more than the controller bears.
        case clockSkewed
        /// The controller's SSH server cannot be reached.
        case sshUnreachable
        /// It is another one, or does not let the agent in.
        case sshRefused
        /// A source cannot be reached, or does not let the agent in.
        case sourceFailed
        /// A program that is needed cannot be found or is too old.
        case programMissing
        /// What the settings say is wrong.
        case configuration
        /// The client's policy does not permit it.
        case policyRefused
        /// The client's policy permits it at another time.
        case policyNotNow
        /// Nothing is broken, but somebody should look.
        case attention

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
            case .diskFull: "disk-full"
            case .fileAccess: "file-access"
            case .outboxFull: "outbox-full"
            case .outboxDamaged: "outbox-damaged"
            case .certificateExpired: "certificate-expired"
            case .clockSkewed: "clock-skewed"
            case .sshUnreachable: "ssh-unreachable"
            case .sshRefused: "ssh-refused"
            case .sourceFailed: "source-failed"
            case .programMissing: "program-missing"
            case .configuration: "configuration"
            case .policyRefused: "policy-refused"
            case .policyNotNow: "policy-not-now"
            case .attention: "attention"
            }
        }

        /// Whether the controller is well and only says that it is not the time.
        package var isNotNow: Bool {
            switch self {
            case .controllerServiceUnavailable, .status, .policyNotNow: true
            default: false
            }
        }

        /// Whether it may be over without anybody's doing.
        package var isPassing: Bool {
            switch self {
            case .controllerUnreachable, .sshUnreachable, .outboxFull: true
            default: false
            }
        }
    }

    /// One check, with what to do where it failed.
    package struct Check: Sendable {
        package enum State: String, Sendable {
            case ok
            /// Worth a look; keeps nothing from being gathered.
            case warn
            /// The controller is well and wants nothing gathered.
            case notNow = "not-now"
            case fail
        }

        package let name: String
        package let state: State
        /// What is wrong; `nil` when it passed.
        package let finding: Problem?
        package let message: String
        package let advice: String?

        /// What keeps the project from being gathered; `nil` when it passed, be it with a warning.
        package var problem: Problem? { state == .warn ? nil : finding }

        package static func passed(_ name: String, _ message: String) -> Check {
            Check(name: name, state: .ok, finding: nil, message: message, advice: nil)
        }

        package static func warned(_ name: String, _ problem: Problem, _ message: String, _ advice: String?) -> Check {
            Check(name: name, state: .warn, finding: problem, message: message, advice: advice)
        }

        package static func failed(_ name: String, _ problem: Problem, _ message: String, _ advice: String?) -> Check {
            Check(
                name: name, state: problem.isNotNow ? .notNow : .fail, finding: problem, message: message,
                advice: advice)
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

extension PreflightReport.Problem {
    /// What it means that a controller did not do what it was asked.
    init(_ error: ControllerError) {
        self =
            switch error.code {
            case .transport where error.isPermanent: .controllerNotTrusted
            case .transport, .badAddress: .controllerUnreachable
            case .badAnswer: .controllerFormat
            default: .controllerHTTP
            }
    }
}
