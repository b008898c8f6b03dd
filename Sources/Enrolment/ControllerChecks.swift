package import ControllerClient
import HTTP
package import Timestamps

/// What the attempt to reach the controller showed, step by step.
package enum ControllerChecks {
    package typealias Check = PreflightReport.Check

    /// A request's signature is good for five minutes; a minute is what NTP never lets happen.
    private static let borne = Duration.seconds(300)
    private static let unusual = Duration.seconds(60)

    /// The lines for name service, connection and TLS.
    /// - Parameter host: of the controller, as the settings name it.
    /// - Returns: none that fails where it was reached.
    package static func reach(_ host: String, _ failure: ControllerError?) -> [Check] {
        guard let failure else {
            return [
                .passed("dns", "the name of \(host) is known"),
                .passed("tls", "\(host) shows the certificate expected"),
            ]
        }
        let problem = PreflightReport.Problem(failure)
        let check = { (name: String) in Check.failed(name, problem, "\(failure)", failure.advice) }
        guard case .http(let error) = failure.cause else { return [check("connection")] }
        let found = Check.passed("dns", "the name of \(host) is known")
        switch error.code {
        case .cannotResolve: return [check("dns")]
        case .certificateExpired:
            return [found, .failed("tls", .certificateExpired, "\(failure)", failure.advice)]
        case .tlsFailed, .certificateNotTrusted, .hostNameMismatch, .keyNotPinned, .badTrust:
            return [found, check("tls")]
        case .proxyFailed: return [check("proxy")]
        case .badURL: return [check("connection")]
        default: return [found, check("connection")]
        }
    }

    /// How long the certificate is good that the controller shows.
    /// - Parameters:
    ///   - end: `nil` where it could not be told.
    ///   - file: which the agent trusts; `nil` where it goes by the controller's key alone.
    package static func certificate(_ host: String, endsAt end: Timestamp?, file: String?, now: Timestamp) -> Check {
        let name = "https certificate"
        guard let end else { return .passed(name, "when that of \(host) ends cannot be told") }
        let advice =
            file.map {
                "Have the controller's operator renew it, and put the new certificate into \($0) (SSH_HTTPS_CERT)."
            }
            ?? "Have the controller's operator renew it with the same key. This agent goes by the key and does not mind; "
            + "others with a certificate file do."
        return MachineChecks.certificate(
            name, "what \(host) shows", endsAt: end, counts: file != nil, now: now, advice)
    }

    /// What the controller's clock says of this machine's.
    package static func clock(_ lead: Duration?) -> Check {
        guard let lead else { return .passed("clock", "the controller does not tell the time") }
        let amount = lead < .zero ? .zero - lead : lead
        let text = "this machine's clock is \(ControllerContact.words(lead)) the controller's"
        let advice = "Have the clock set by NTP, e.g. `timedatectl set-ntp true`; the controller bears five minutes."
        if amount >= borne { return .failed("clock", .clockSkewed, text, advice) }
        return amount >= unusual ? .warned("clock", .clockSkewed, text, advice) : .passed("clock", text)
    }
}
