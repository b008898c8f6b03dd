/// Why a directory could not be asked. No value of it is part of the text.
package struct DirectoryError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        case unreachable
        /// No TLS, or a certificate that is not to be trusted.
        case insecure
        case loginDenied
        /// The directory does not answer the search.
        case refused
        case unusable
    }

    package let code: Code
    /// Host and port.
    package let subject: String
    let cause: String

    init(_ code: Code, _ subject: String, _ cause: String) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }

    package var description: String {
        switch code {
        case .unreachable: "directory \(subject): expected an answer, found: \(cause)"
        case .insecure: "directory \(subject): expected TLS with a trusted certificate, found: \(cause)"
        case .loginDenied:
            "directory \(subject): expected the login to be accepted, found: \(cause); check manager_dn and LDAP_PASSWORD"
        case .refused: "directory \(subject): expected an answer to the search, found: \(cause); check root_dn"
        case .unusable: "directory \(subject) cannot be asked: \(cause)"
        }
    }
}
