/// A server that takes mail (RFC 5321), and how to speak to it.
package struct MailServer: Sendable {
    /// How the connection is kept from other eyes.
    package enum Security: String, Sendable, CaseIterable {
        /// TLS from the first byte, port 465 (RFC 8314).
        case tls
        /// TLS after the greeting, port 587 (RFC 3207); a server that does not offer it is not used.
        case starttls
        /// None: for a server on this machine or in a network where that will do.
        case none

        package var defaultPort: Int {
            switch self {
            case .tls: 465
            case .starttls: 587
            case .none: 25
            }
        }
    }

    package let host: String
    package let port: Int
    package let security: Security
    /// A PEM file with the authorities to trust; the system's where there is none.
    package let authorityFile: String?
    package let login: (user: String, password: String)?

    package init(
        host: String, port: Int? = nil, security: Security = .starttls, authorityFile: String? = nil,
        login: (user: String, password: String)? = nil
    ) {
        self.host = host
        self.port = port ?? security.defaultPort
        self.security = security
        self.authorityFile = authorityFile
        self.login = login
    }

    /// For messages, e.g. `mail.example:587`.
    package var description: String { "\(host):\(port)" }
}
