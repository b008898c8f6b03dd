package import Configuration

extension MailServer {
    /// The server that the settings name.
    package init(_ mail: MailConfiguration) {
        let security: Security =
            switch mail.security {
            case .tls: .tls
            case .starttls: .starttls
            case .none: .none
            }
        self.init(
            host: mail.host, port: mail.port, security: security, authorityFile: mail.authorityFile,
            login: mail.login.map { ($0.user, $0.password.revealed) })
    }
}
