import ControllerAPI
import Cryptography
import Files
import TestSupport
import Testing

/// What an agent is refused, or refuses itself, each with the exit status, a text that says what is wrong, and nothing changed
/// at the controller.
@Suite struct RefusedAgentsTests {
    private let directory: TemporaryDirectory
    private let controller: RunningController

    init() throws {
        directory = try TemporaryDirectory()
        controller = try RunningController(in: directory)
    }

    private func agent(_ name: String = "agent", _ settings: [String: String] = [:]) throws -> AgentHome {
        try AgentHome(in: directory, name: name, controller: controller, settings)
    }

    /// Runs something of an agent that must be refused.
    private func expectRefusal(
        status: Int32, _ text: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Ran
    ) throws {
        let before = try controller.snapshot()
        let ran = try body()
        #expect(ran.status == status, "\(ran)", sourceLocation: sourceLocation)
        #expect(ran.output.contains(text), "\(ran)", sourceLocation: sourceLocation)
        #expect(try controller.snapshot() == before, sourceLocation: sourceLocation)
    }

    // MARK: Tokens

    enum BadToken: String, CaseIterable {
        case wrong, used, expired, ofAnotherAgent

        var text: String {
            switch self {
            case .wrong, .ofAnotherAgent: "is not one for this agent"
            case .used: "was used before"
            case .expired: "has expired"
            }
        }
    }

    @Test(arguments: BadToken.allCases) func aTokenThatIsNotGood(kind: BadToken) throws {
        var token = try controller.enrol(kind == .ofAnotherAgent ? "OTHER" : "DEMO", "DEMO")
        switch kind {
        case .wrong:
            let good = try EnrolmentToken(token)
            token = try EnrolmentToken(
                controller: good.controller, pin: good.pin, secret: "enrol-AAAA", agent: good.agent,
                projects: good.projects
            ).text()
        case .used: #expect(try agent("first", ["ENROLMENT_TOKEN": token]).run("register").status == 0)
        case .expired: _ = try controller.query("UPDATE controller_tokens SET expires_at = 1")
        case .ofAnotherAgent: break
        }
        let agent = try agent("late", ["ENROLMENT_TOKEN": token, "AGENT_KEY": "DEMO"])
        try expectRefusal(status: 1, kind.text) { try agent.run("register") }
        try expectRefusal(status: 1, kind.text) { try agent.run("run") }
        #expect(try Files.status("\(agent.path)/secrets/DEMO.json") == nil)
        #expect(try controller.audit().contains { $0.hasPrefix("registration-refused") })
    }

    @Test func anAgentWithoutTokenWaitsForApproval() throws {
        let agent = try agent()
        let asked = try agent.run("register")
        #expect(asked.status == 1, "\(asked)")
        #expect(asked.output.contains("waits for approval"), "\(asked)")
        let fingerprint = try agent.key().publicKey.fingerprint
        #expect(asked.output.contains(fingerprint))
        #expect(try controller.command("agents", "list").output.contains("DEMO\tpending\t\(fingerprint)"))
        #expect(try controller.command("agents", "approve", "DEMO", "--project", "DEMO").status == 0)
        #expect(try agent.run("register").status == 0)
        #expect(try controller.command("agents", "revoke", "DEMO").status == 0)
        try expectRefusal(status: 1, "revoked") { try agent.run("register") }
    }

    @Test func anotherKeyForAKnownAgent() throws {
        #expect(try agent("first", ["ENROLMENT_TOKEN": controller.enrol("DEMO", "DEMO")]).run("register").status == 0)
        try expectRefusal(status: 1, "known with another key") { try agent("second").run("register") }
    }

    @Test func aProjectTheAgentIsNotEntitledTo() throws {
        let agent = try agent(
            "agent",
            [
                "ENROLMENT_TOKEN": controller.enrol("DEMO", "DEMO"), "JIRA_KEY": "DEMO OTHER",
                "SOURCE_1_URL": directory.path, "SOURCE_1_PROJECT": "OTHER",
            ])
        #expect(try agent.run("register", "DEMO").status == 0)
        try expectRefusal(status: 1, "not entitled to the project") { try agent.run("register", "OTHER") }
        try expectRefusal(status: 1, "not entitled to the project") { try agent.run("run", "OTHER") }
        try expectRefusal(status: 1, "not entitled to the project") {
            try agent.run("preflight", "OTHER", "--no-secrets")
        }
        #expect(try Files.status("\(agent.path)/secrets/OTHER.json") == nil)
    }

    // MARK: The controller is another

    enum AnotherController: String, CaseIterable {
        case certificate, name, absentCertificate, isAway
    }

    @Test(arguments: AnotherController.allCases) func aControllerThatCannotBeTrusted(kind: AnotherController) throws {
        let token = try controller.enrol("DEMO", "DEMO")
        let agent = try agent("agent", ["ENROLMENT_TOKEN": token])
        let (status, text): (Int32, String)
        switch kind {
        case .certificate:
            let another = try TestCertificate(in: directory, name: "another")
            try Files.write(Files.read(another.certificate), to: "\(agent.path)/certs/controller.pem")
            (status, text) = (1, "certificate")
        case .name:
            // The certificate is for the address only.
            try agent.write(
                ["ENROLMENT_TOKEN": token, "SSH_HOST": "localhost:\(controller.port)"], controller: controller)
            (status, text) = (1, "localhost")
        case .absentCertificate:
            try Files.remove("\(agent.path)/certs/controller.pem")
            try agent.write([:], controller: controller)
            (status, text) = (2, "SSH_HTTPS_CERT")
        case .isAway:
            let port = try SecureShellServer.freePort()
            try agent.write(["ENROLMENT_TOKEN": token, "SSH_HOST": "127.0.0.1:\(port)"], controller: controller)
            (status, text) = (75, "127.0.0.1")
        }
        try expectRefusal(status: status, text) { try agent.run("register") }
        try expectRefusal(status: status, text) { try agent.run("preflight", "--no-secrets") }
        try expectRefusal(status: status, text) { try agent.run("run") }
        #expect(try Files.status("\(agent.path)/secrets/DEMO.json") == nil)
    }

    @Test func anSSHServerWithAnotherHostKeyThanTheControllerHasSaid() throws {
        let repository = try SampleRepository(in: directory)
        let token = try controller.enrol("DEMO", "DEMO")
        let settings = ["ENROLMENT_TOKEN": token, "SOURCE_1_URL": repository.path]
        let agent = try agent("agent", settings)
        #expect(try agent.run("register").status == 0)
        #expect(try agent.run("scrape", "DEMO").status == 0)
        // The controller comes back with a new key on another port; the agent has been told of the port only.
        controller.stop()
        try Files.remove(controller.hostKey)
        try controller.start()
        try agent.write(settings, controller: controller)
        let secrets = "\(agent.path)/secrets/DEMO.json"
        try Ran.script(
            "sed -i -E 's/\"port\":[0-9]+/\"port\":'\"$2\"'/' \"$1\"", secrets, "\(controller.sshPort)"
        ).required()
        try expectRefusal(status: 1, "host key") { try agent.run("export") }
        #expect(try controller.count("controller_bundles") == 0)
        // What was gathered is not lost: registered anew over TLS, the agent knows the key.
        #expect(try agent.run("register").status == 0)
        let export = try agent.run("export")
        #expect(export.status == 0, "\(export)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.count("vcs_versions") == repository.count())
    }

    // MARK: Without a controller

    struct Check: CustomTestStringConvertible, Sendable {
        let options: [String]
        let hasSecrets: Bool
        let status: Int32
        var testDescription: String { "\(options) \(hasSecrets ? "with" : "without") secrets: \(status)" }
    }

    @Test(arguments: [
        Check(options: ["--no-ssh", "--no-secrets"], hasSecrets: false, status: 0),
        Check(options: ["--no-ssh"], hasSecrets: false, status: 1),
        Check(options: ["--no-ssh"], hasSecrets: true, status: 0),
        Check(options: ["--no-ssh", "--skip"], hasSecrets: false, status: 0),
        Check(options: ["--no-secrets"], hasSecrets: false, status: 1),
        Check(options: ["--nonsense"], hasSecrets: true, status: 2),
    ]) func preflightWithoutAnyController(check: Check) throws {
        let agent = try AgentHome(in: directory, name: "lonely", controller: nil)
        if check.hasSecrets {
            try Files.makeDirectory("\(agent.path)/secrets")
            try Files.write(
                #"{"salts":{"salt":"a","pepper":"b"}}"#.utf8, to: "\(agent.path)/secrets/DEMO.json")
        }
        let ran = try Ran.program(
            BuiltProgram.path("agent"), ["preflight", "DEMO"] + check.options, environment: ["AGENT_HOME": agent.path])
        #expect(ran.status == check.status, "\(ran)")
    }

    /// The agent waits with what it has while the controller is away, and delivers it later.
    @Test func whatCannotBeDeliveredWaits() throws {
        let repository = try SampleRepository(in: directory)
        let token = try controller.enrol("DEMO", "DEMO")
        let agent = try agent("agent", ["ENROLMENT_TOKEN": token, "SOURCE_1_URL": repository.path])
        #expect(try agent.run("register").status == 0)
        let port = controller.port
        controller.stop()
        let offline = try agent.run("run", "--no-ssh")
        #expect(offline.status == 75, "\(offline)")
        #expect(try agent.run("export", "--dry-run").output.contains("wait for delivery"))
        try controller.start()
        try agent.write(["SOURCE_1_URL": repository.path], controller: controller)
        #expect(port != controller.port)
        #expect(try agent.run("register").status == 0)
        let online = try agent.run("export")
        #expect(online.status == 0, "\(online)")
        try controller.waitForLog("\"bundle imported\"")
        #expect(try controller.count("vcs_versions") == repository.count())
    }
}
