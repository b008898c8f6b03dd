internal import ControllerAPI
internal import ControllerClient
internal import Files
internal import SFTP

/// Why an attempt to deliver failed, and what that means for the attempts that follow.
struct DeliveryFault: Error {
    enum Reach {
        /// Other projects' bundles may get through.
        case project
        /// Nothing gets through.
        case everything
    }

    let reason: String
    let advice: String?
    let isPermanent: Bool
    let reach: Reach
    /// How long the controller asks to wait.
    let retryAfter: Duration?
    /// The controller found the parts to be others than announced.
    let isRejection: Bool
    /// The parts on this machine cannot be read.
    let isLocal: Bool

    init(_ error: SFTPError) {
        reason = error.description
        advice = error.advice
        isPermanent = error.isPermanent
        reach =
            switch error.code {
            case .permissionDenied, .noSuchFile, .refused, .localFile: .project
            default: .everything
            }
        retryAfter = nil
        isRejection = false
        isLocal = error.code == .localFile
    }

    init(_ error: ControllerError) {
        reason = error.description
        advice = error.advice
        isPermanent = error.isPermanent
        reach =
            switch error.code {
            case .badRequest, .forbidden, .notFound, .conflict, .tooLarge, .rejected: .project
            default: .everything
            }
        retryAfter = error.retryAfter
        isRejection = error.code == .rejected
        isLocal = false
    }

    /// A receipt that is not the controller's for this bundle.
    init(_ error: WireError) {
        reason = "the controller's receipt cannot be trusted: \(error)"
        advice = "Register again: the controller may have got a new key for its receipts."
        isPermanent = true
        reach = .everything
        retryAfter = nil
        isRejection = false
        isLocal = false
    }
}
