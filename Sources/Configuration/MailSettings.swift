/// Where both programs send mail, declared once for both.
package enum MailSettings {
    private static let mail = "Mail"

    package static let server = Setting<HostPort?>(
        "SMTP_SERVER", mail, .host, otherwise: "no mail is sent", example: "mail.example",
        """
        The server that takes mail about gathering that failed or is overdue. One mail is sent when something goes wrong, \
        one when it is well again, none in between.
        """)

    package static let port = Setting<Int?>(
        "SMTP_PORT", mail, .integer(1...65535), otherwise: "465 for tls, 587 for starttls, 25 for none",
        example: "587", "Its port.")

    package static let security = Setting<Security>(
        "SMTP_SECURITY", mail, .choice, default: "starttls", example: "tls",
        """
        How the connection is kept from other eyes: tls from the first byte, starttls after the greeting, or none for a \
        server on this machine. A server that does not offer it gets no mail.
        """)

    package static let authorityFile = Setting<String?>(
        "SMTP_CA", mail, .path, otherwise: "the system's authorities", example: "certs/mail.pem",
        "A PEM file with the only authorities to trust for the mail server.")

    package static let user = Setting<String?>(
        "SMTP_USER", mail, .text, otherwise: "no login", example: "agent", "The name to log in with.")

    package static let password = Setting<Secret?>(
        "SMTP_PASSWORD", mail, .secret, otherwise: "no login", example: "<password>", "The password of SMTP_USER.")

    package static let sender = Setting<String?>(
        "SMTP_FROM", mail, .text, otherwise: "none; needed with SMTP_SERVER", example: "agent@example.org",
        "The address that mail comes from.")

    package static let recipients = Setting<[String]?>(
        "SMTP_TO", mail, .words, otherwise: "none; needed with SMTP_SERVER",
        example: "team@example.org ops@example.org",
        "The addresses that mail goes to, parted by blanks.")

    package enum Security: String, CaseIterable, Sendable { case tls, starttls, none }

    /// All of them.
    package static let all: [SettingDeclaration] = [
        server.declaration, port.declaration, security.declaration, authorityFile.declaration, user.declaration,
        password.declaration, sender.declaration, recipients.declaration,
    ]
}

/// Where mail goes, as typed values.
package struct MailConfiguration: Sendable {
    package let host: String
    /// `nil` for the usual one of the kind of security.
    package let port: Int?
    package let security: MailSettings.Security
    /// The only authorities to trust; `nil` for the system's.
    package let authorityFile: String?
    package let login: (user: String, password: Secret)?
    package let sender: String
    package let recipients: [String]

    /// - Parameter path: makes a path absolute.
    /// - Returns: `nil` where no mail is to be sent.
    /// - Throws: what is missing, all of it.
    init?(_ settings: Settings, path: (String) -> String) throws(ConfigurationError) {
        typealias Mail = MailSettings
        guard let server = settings[Mail.server] else { return nil }
        var faults: [ConfigurationFault] = []
        let sender = settings[Mail.sender]
        let recipients = settings[Mail.recipients] ?? []
        if sender == nil { faults.append(Self.missing(Mail.sender.name)) }
        if recipients.isEmpty { faults.append(Self.missing(Mail.recipients.name)) }
        switch (settings[Mail.user], settings[Mail.password]) {
        case (let user?, let password?): login = (user, password)
        case (nil, nil): login = nil
        case (_?, nil):
            faults.append(Self.missing(Mail.password.name, because: Mail.user.name))
            login = nil
        case (nil, _?):
            faults.append(Self.missing(Mail.user.name, because: Mail.password.name))
            login = nil
        }
        guard let sender, faults.isEmpty else { throw ConfigurationError(faults) }
        host = server.host
        port = settings[Mail.port]
        security = settings[Mail.security]
        authorityFile = settings[Mail.authorityFile].map(path)
        self.sender = sender
        self.recipients = recipients
    }

    private static func missing(_ name: String, because other: String = MailSettings.server.name) -> ConfigurationFault
    {
        .init(.missing, name, "expected a value because \(other) is set, found none")
    }
}
