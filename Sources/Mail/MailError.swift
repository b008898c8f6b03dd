/// Why a mail was not handed over.
package struct MailError: Error, Sendable, CustomStringConvertible, Equatable {
    package enum Code: Sendable {
        case badAddress
        /// The server is not there or breaks off.
        case unreachable
        /// No TLS, or a certificate that is not to be trusted.
        case insecure
        case loginDenied
        /// The server does not take the mail.
        case refused
        case unusable
    }

    package let code: Code
    package let subject: String
    let cause: String

    init(_ code: Code, _ subject: String, _ cause: String) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }

    /// One sentence: the server or address, and what is wrong with it.
    package var description: String {
        switch code {
        case .badAddress: "cannot send mail: \(subject): \(cause)"
        case .unreachable: "mail server \(subject): expected an answer, found: \(cause)"
        case .insecure: "mail server \(subject): expected TLS with a trusted certificate, found: \(cause)"
        case .loginDenied: "mail server \(subject): expected the login to be accepted, found: \(cause)"
        case .refused: "mail server \(subject): expected the mail to be taken, found: \(cause)"
        case .unusable: "mail to \(subject) cannot be prepared: \(cause)"
        }
    }

    /// What the operator can do about it.
    package var advice: String {
        switch code {
        case .badAddress: "Set SMTP_FROM and SMTP_TO to addresses such as agent@example.org."
        case .unreachable: "Check SMTP_SERVER and SMTP_PORT, and whether a firewall lets this machine send mail."
        case .insecure: "Set SMTP_CA to the PEM file of the authority, or SMTP_SECURITY to what the server speaks."
        case .loginDenied: "Check SMTP_USER and SMTP_PASSWORD."
        case .refused: "Ask whether the server takes mail from SMTP_FROM to SMTP_TO from this machine."
        case .unusable: "Report this with the log."
        }
    }
}
