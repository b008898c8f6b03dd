package import ControllerAPI
package import HTTP
import Timestamps

/// Why a controller did not do what an agent asked of it.
package struct ControllerError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// The controller's host is no host, or its address holds more than host and port.
        case badAddress
        /// No exchange took place, see `cause`.
        case transport
        /// 400: it does not understand the request.
        case badRequest
        /// 401: the signature or the token is missing, wrong or too old.
        case notAuthenticated
        /// 403: the agent may not do this.
        case forbidden
        /// 404: it does not know what the request is about.
        case notFound
        /// 409: what it has contradicts the request, another key for this agent for one.
        case conflict
        /// 413: more than it takes.
        case tooLarge
        /// 422: it understands and rejects what was sent, a bundle that fails its verification for one.
        case rejected
        /// 429: too many requests.
        case tooManyRequests
        /// 5xx: it is in trouble or has no time now.
        case unavailable
        /// A status that the interface does not have, such as a redirect.
        case unexpectedStatus
        /// The status is right, what came with it is not.
        case badAnswer
        /// The request could not be signed.
        case cannotSign
    }

    package enum Cause: Equatable, Sendable {
        case http(HTTPError)
        case wire(WireError)
    }

    package let code: Code
    /// What was asked, and whom: `registration at controller.example`.
    package let subject: String
    /// The HTTP status, where there was an answer.
    package let status: Int?
    /// What was found; of an answer, the controller's own text without control characters, at most 500 characters.
    package let reason: String
    /// How long the controller asks to wait.
    package let retryAfter: Duration?
    package let cause: Cause?
    /// How far this machine's clock was ahead of the controller's, where its answer had a date.
    package let clockLead: Duration?

    init(
        _ code: Code, _ subject: String, status: Int? = nil, reason: String, retryAfter: Duration? = nil,
        cause: Cause? = nil, clockLead: Duration? = nil
    ) {
        self.code = code
        self.subject = subject
        self.status = status
        self.reason = reason
        self.retryAfter = retryAfter
        self.cause = cause
        self.clockLead = clockLead
    }

    /// The error of an answer with a status that is not the expected one.
    init(_ response: HTTPResponse, _ subject: String) {
        let code: Code =
            switch response.status {
            case 400: .badRequest
            case 401: .notAuthenticated
            case 403: .forbidden
            case 404: .notFound
            case 409: .conflict
            case 413: .tooLarge
            case 422: .rejected
            case 429: .tooManyRequests
            case 500..<600: .unavailable
            default: .unexpectedStatus
            }
        let text = Self.printable(response.body)
        self.init(
            code, subject, status: response.status, reason: text.isEmpty ? "no reason given" : text,
            retryAfter: response.headers["Retry-After"].flatMap { Int($0) }
                .flatMap { $0 >= 0 ? .seconds(min($0, 86400)) : nil },
            clockLead: response.headers["Date"].flatMap { Timestamp(httpDate: $0) }.map { Timestamp.now - $0 })
    }

    /// Whether the same request would fail again without somebody's doing.
    package var isPermanent: Bool {
        switch code {
        case .transport:
            if case .http(let error) = cause { error.isPermanent } else { false }
        case .tooManyRequests, .unavailable, .badAnswer: false
        case .badAddress, .badRequest, .notAuthenticated, .forbidden, .notFound, .conflict, .tooLarge, .rejected,
            .unexpectedStatus, .cannotSign:
            true
        }
    }

    package var isCancellation: Bool {
        if case .http(let error) = cause { error.code == .cancelled } else { false }
    }

    package var description: String {
        let status = status.map { "status \($0): " } ?? ""
        return "\(subject): \(status)\(reason)"
    }

    /// What an operator may do about it.
    package var advice: String? {
        switch code {
        case .transport: if case .http(let error) = cause { Self.advice(error) } else { nil }
        // A signature is good for five minutes; the answer may have been on its way for some of what is measured.
        case .notAuthenticated where abs(clockLead?.components.seconds ?? 0) >= 300:
            "Compare the clocks of agent and controller: this machine's is "
                + "\(ControllerContact.words(clockLead ?? .zero)) the controller's. Have it set by NTP, e.g. "
                + "`timedatectl set-ntp true`."
        case .notAuthenticated:
            "Compare the clocks of agent and controller; otherwise enrol the agent again with a new token."
        case .forbidden: "Have the controller's operator enrol this agent for the project, or approve its key."
        case .conflict: "Have the controller's operator approve the agent's new key, or enrol it again."
        case .notFound, .unexpectedStatus: "Check that the host is the controller's, and its version."
        default: nil
        }
    }

    /// What the agent knows of the controller's key came from its operator, and only from there comes another one.
    private static func advice(_ error: HTTPError) -> String? {
        switch error.code {
        case .certificateExpired:
            "Check this machine's clock; otherwise the server needs a new certificate: have the controller's operator make "
                + "one, and put it where SSH_HTTPS_CERT says."
        case .keyNotPinned, .certificateNotTrusted:
            "If the controller's key was changed on purpose, have its operator run "
                + "`controller enrol AGENT --project PROJECT` and run here, without SSH_HTTPS_CERT: "
                + "agent register --token-file FILE. Otherwise treat it as an attack."
        default: error.advice
        }
    }

    /// Text of a stranger for a message: one line, bounded, nothing that a terminal obeys.
    private static func printable(_ bytes: [UInt8]) -> String {
        let limit = 500
        // The longest encoding of one character has 4 bytes.
        let scalars = String(decoding: bytes.prefix(limit * 4), as: UTF8.self).unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                Unicode.Scalar(UInt8(ascii: " "))
            default: scalar
            }
        }
        let words = String(String.UnicodeScalarView(scalars)).split(separator: " ").joined(separator: " ")
        return words.count <= limit ? words : words.prefix(limit - 1) + "…"
    }
}
