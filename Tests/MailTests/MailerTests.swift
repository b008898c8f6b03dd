import Mail
import TestSupport
import Testing
import Timestamps

/// Against a real mail server.
@Suite struct MailerTests {
    private let directory: TemporaryDirectory
    private let certificate: TestCertificate

    init() throws {
        directory = try TemporaryDirectory()
        certificate = try TestCertificate(in: directory, name: "mail")
    }

    private func server(
        _ mode: String, _ security: MailServer.Security, login: (user: String, password: String)? = nil,
        trusts: Bool = true
    ) throws -> (Peer, MailServer) {
        let script = #filePath.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" } + "/mail-server.py"
        let peer = try Peer("/usr/bin/python3", [script, mode, certificate.certificate, certificate.key])
        guard let port = try Int(peer.line()) else { throw Peer.Failure(description: "no port") }
        return (
            peer,
            MailServer(
                host: "127.0.0.1", port: port, security: security,
                authorityFile: trusts ? certificate.certificate : nil, login: login)
        )
    }

    private func message(_ subject: String = "DEMO failed") throws -> MailMessage {
        try MailMessage(
            from: "agent@example.org", to: ["a@example.org", "b@example.org"], subject: subject,
            body: "Zeile für Zeile\n.\n.. end\n")
    }

    private static let moment = Timestamp(seconds: 1_795_248_000)

    @Test(arguments: [MailServer.Security.none, .starttls, .tls])
    func aMailArrives(security: MailServer.Security) async throws {
        let (peer, server) = try server(security.rawValue, security)
        try await Mailer(server).send(message(), identifier: "run-1", at: Self.moment)
        let taken = try peer.line()
        #expect(taken.contains(#""from": "agent@example.org", "to": ["a@example.org", "b@example.org"]"#))
        #expect(taken.contains(#""tls": \#(security != .none)"#))
        for line in [
            "From: <agent@example.org>", "To: <a@example.org>,\\r\\n <b@example.org>", "Subject: DEMO failed",
            "Date: Sat, 21 Nov 2026 08:00:00 +0000", "Message-ID: <run-1@example.org>",
            "Content-Type: text/plain; charset=utf-8", "Auto-Submitted: auto-generated",
        ] {
            #expect(taken.contains("\(line)\\r\\n"), "\(line) in \(taken)")
        }
        #expect(taken.contains("\\r\\n\\r\\nZeile f=C3=BCr Zeile\\r\\n.\\r\\n.. end\\r\\n"), "\(taken)")
    }

    @Test func itLogsIn() async throws {
        let (peer, server) = try server("login", .starttls, login: ("agent", "pass word"))
        try await Mailer(server).send(message(), identifier: "x")
        #expect(try peer.line(containing: "{").contains(#""user": "agent""#))
    }

    @Test func subjectsMayHoldAnything() async throws {
        let (peer, server) = try server("none", .none)
        let subject = "Ünder 100 % – a subject that is longer than one line of a mail may be, with \n a break"
        try await Mailer(server).send(message(subject), identifier: "x")
        let taken = try peer.line()
        let decoded = Shell.run(
            """
            python3 -c '
            import email, email.policy, json, sys
            data = json.loads(sys.argv[1])["data"]
            assert all(len(word) <= 75 for word in data.split()), data
            print(email.message_from_string(data, policy=email.policy.default)["Subject"])' "$1"
            """, taken)
        #expect(decoded.output == subject.split(separator: "\n").joined(separator: " ") + "\n")
    }

    @Test func whatGoesWrongIsToldApart() async throws {
        let (wrong, denying) = try server("login", .starttls, login: ("agent", "wrong"))
        let (bare, plain) = try server("none", .starttls)
        let (distrusted, other) = try server("tls", .tls, trusts: false)
        let (full, refusing) = try server("full", .none)
        let gone = MailServer(host: "127.0.0.1", port: Int(try SecureShellServer.freePort()), security: .none)
        for (server, code) in [
            (denying, MailError.Code.loginDenied), (plain, .insecure), (other, .insecure), (refusing, .refused),
            (gone, .unreachable),
        ] {
            let error = try await #require(throws: MailError.self) {
                try await Mailer(server).send(message(), identifier: "x")
            }
            #expect(error.code == code, "\(error)")
            #expect(!error.description.contains("wrong") && !error.advice.isEmpty)
        }
        withExtendedLifetime((wrong, bare, distrusted, full)) {}
    }

    @Test(arguments: ["", "nobody", "a@", "@b", "a b@c", "a@b>\r\nRCPT TO:<c@d", "a@b,c@d", "ä@b.example"])
    func whatIsNoAddressIsRefused(address: String) throws {
        #expect(throws: MailError.self) {
            try MailMessage(from: address, to: ["a@example.org"], subject: "", body: "")
        }
        #expect(throws: MailError.self) {
            try MailMessage(from: "a@example.org", to: [address], subject: "", body: "")
        }
    }
}
