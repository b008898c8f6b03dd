import Configuration
import Files
import TestSupport
import Testing

@Suite struct MailConfigurationTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func load(_ settings: [String: String]) throws -> MailConfiguration? {
        let environment = settings.merging(["AGENT_HOME": directory.path]) { given, _ in given }
        return try AgentConfiguration(AgentConfiguration.sources(environment: environment)).mail
    }

    @Test func withoutAServerThereIsNoMail() throws {
        #expect(try load(["SMTP_TO": "a@example.org"]) == nil)
    }

    @Test func allOfItIsRead() throws {
        try Files.write(Array("s3cret\n".utf8), to: "\(directory.path)/password", permissions: 0o600)
        let mail = try #require(
            try load([
                "SMTP_SERVER": "mail.example", "SMTP_PORT": "2525", "SMTP_SECURITY": "tls", "SMTP_CA": "ca.pem",
                "SMTP_USER": "agent", "SMTP_PASSWORD_FILE": "password", "SMTP_FROM": "a@example.org",
                "SMTP_TO": "b@example.org c@example.org",
            ]))
        #expect(mail.host == "mail.example" && mail.port == 2525 && mail.security == .tls)
        #expect(mail.authorityFile == "\(directory.path)/ca.pem")
        #expect(mail.login?.user == "agent" && mail.login?.password.revealed == "s3cret")
        #expect(mail.sender == "a@example.org" && mail.recipients == ["b@example.org", "c@example.org"])
    }

    @Test func whatIsMissingIsToldAtOnce() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try load(["SMTP_SERVER": "mail.example", "SMTP_USER": "agent"])
        }
        #expect(
            error.faults.map(\.description) == [
                "SMTP_FROM: expected a value because SMTP_SERVER is set, found none",
                "SMTP_TO: expected a value because SMTP_SERVER is set, found none",
                "SMTP_PASSWORD: expected a value because SMTP_USER is set, found none",
            ])
    }
}
