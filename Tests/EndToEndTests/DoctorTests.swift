import Files
import FoundationEssentials
import TestSupport
import Testing

/// `agent doctor`, `agent preflight --json` and `agent version --check` with a real controller.
@Suite struct DoctorTests {
    private let directory: TemporaryDirectory
    private let controller: RunningController

    init() throws {
        directory = try TemporaryDirectory()
        controller = try RunningController(in: directory)
    }

    private struct Report: Decodable {
        struct Check: Decodable {
            let subject: String
            let name: String
            let state: String
            let message: String
            let mend: String?
        }
        let outcome: String
        let checks: [Check]

        func state(_ name: String) -> String? { checks.first { $0.name == name }?.state }
    }

    private func report(_ ran: Ran) throws -> Report {
        // Log lines come before, on the other stream.
        let start = try #require(ran.output.firstRange(of: "{\n")?.lowerBound)
        let text = ran.output[start...]
        let end = try #require(text.firstRange(of: "\n}\n")?.upperBound)
        return try JSONDecoder().decode(Report.self, from: Data(text[..<end].utf8))
    }

    private func agent() throws -> AgentHome {
        let repository = try SampleRepository(in: directory)
        return try AgentHome(
            in: directory, controller: controller,
            [
                "ENROLMENT_TOKEN": controller.enrol("DEMO", "DEMO"), "SOURCE_1_URL": repository.path,
                "SOURCE_1_NAME": "secretsource",
            ])
    }

    @Test func everythingOfAHealthyAgentIsWell() throws {
        let agent = try agent()
        #expect(try agent.run("register").status == 0)
        let preflight = try agent.run("preflight", "--json")
        #expect(preflight.status == 0, "\(preflight)")
        let checked = try report(preflight)
        #expect(checked.outcome == "ready")
        for name in [
            "export", "state", "outbox", "certificate", "dns", "tls", "clock", "ssh", "secrets", "controller",
            "source secretsource",
        ] {
            #expect(checked.state(name) == "ok" || name == "state" || name == "export", "\(name) in \(preflight)")
        }
        #expect(try agent.run("run").status == 0)
        let doctor = try agent.run("doctor", "--json")
        #expect(doctor.status == 0, "\(doctor)")
        let all = try report(doctor)
        for name in ["configuration", "git", "svn", "ssh", "key", "proxy", "daemon", "last run", "secrets"] {
            #expect(all.state(name) != nil && all.state(name) != "fail", "\(name) in \(doctor)")
        }
        #expect(all.checks.allSatisfy { $0.state == "ok" || $0.mend != nil })
    }

    /// What is shown counts, not only what lies in a file.
    @Test func certificatesThatEndSoonAreTold() throws {
        let server = try ScriptedController(in: directory, validity: .ending)
        let settings = [
            "ENROLMENT_TOKEN": try controller.enrol("DEMO", "DEMO"), "SOURCE_1_TYPE": "jenkins",
            "SOURCE_1_NAME": "builds", "SOURCE_1_URL": "https://\(server.address)/",
            "SOURCE_1_CA_FILE": server.certificate.certificate,
        ]
        let agent = try AgentHome(in: directory, controller: controller, settings)
        #expect(try agent.run("register").status == 0)
        controller.stop()
        try Ran.program(
            "openssl",
            [
                "req", "-x509", "-new", "-key", "\(controller.state)/certificate-key.pem", "-days", "10",
                "-subj", "/CN=controller", "-addext", "subjectAltName=IP:127.0.0.1", "-out", controller.certificate,
            ]
        ).required()
        try controller.start()
        try agent.write(settings, controller: controller)
        try Files.write(Files.read(controller.certificate), to: "\(agent.path)/certs/controller.pem")
        let told = try report(agent.run("preflight", "--json", "--no-secrets"))
        let controllers = try #require(told.checks.first { $0.name == "https certificate" })
        #expect(controllers.state == "warn" && controllers.mend?.contains("renew it") == true, "\(controllers)")
        let sources = told.checks.filter { $0.name == "source builds" && $0.message.contains("expires at") }
        #expect(sources.map(\.state) == ["warn"], "\(told)")
    }

    @Test func lookingLeavesNoTrace() throws {
        let agent = try agent()
        let before = try agent.run("doctor", "--no-sources")
        #expect(before.status == 1 && before.output.contains("Run: agent register"), "\(before)")
        #expect(try Files.status(agent.keyPath) == nil)
        #expect(try agent.run("register").status == 0)
        #expect(try agent.run("doctor", "--no-sources").status == 0)
        #expect(try Files.status("\(agent.path)/export/DEMO/preflight_date.txt") == nil)
    }

    @Test func whatIsSentToOthersTellsNothingOfTheClient() throws {
        let agent = try agent()
        #expect(try agent.run("run").status == 0)
        let file = "\(directory.path)/support.json"
        #expect(try agent.run("doctor", "--support", file).status == 0)
        let text = String(decoding: try Files.read(file), as: UTF8.self)
        #expect(text.contains("\"outcome\" : \"complete\"") && text.contains("SOURCE_1_URL"))
        for secret in ["secretsource", directory.path, "127.0.0.1", "DEMO", SampleRepository.name] {
            #expect(!text.contains(secret), "\(secret) in \(text)")
        }
        #expect(try Files.status(file)?.permissions == 0o600)
    }

    @Test func theControllerKnowsWhetherTheVersionIsItsOwn() throws {
        let agent = try agent()
        let unknown = try agent.run("version", "--check")
        #expect(unknown.status == 2 && unknown.output.contains("Run: agent register"), "\(unknown)")
        #expect(try agent.run("register").status == 0)
        let same = try agent.run("version", "--check")
        #expect(same.status == 0 && same.output.contains("up to date with the controller"), "\(same)")
        controller.stop()
        #expect(try agent.run("version", "--check").status == 75)
        #expect(try agent.run("version").status == 0)
    }
}
