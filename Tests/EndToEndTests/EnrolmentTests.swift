import ControllerAPI
import Cryptography
import Files
import Processes
import TestSupport
import Testing

/// From nothing to an enrolled agent, with one word that the operator hands over.
@Suite(.timeLimit(.minutes(10))) struct EnrolmentTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// What an agent says with these settings alone.
    private func agent(_ words: [String], _ settings: [String: String], home: String = "agent") throws -> Ran {
        let path = "\(directory.path)/\(home)"
        try Files.makeDirectory(path)
        return try Ran.program(
            BuiltProgram.path("agent"), words,
            environment: ["AGENT_HOME": path, "LOG_FORMAT": "json"].merging(settings) { _, own in own })
    }

    /// The examples of `controller --help` are all that this test knows of the controller: their host and ports alone are
    /// replaced by free ones.
    @Test func theExamplesOfTheHelpLeadFromNothingToAnEnrolledAgent() throws {
        let program = try BuiltProgram.path("controller")
        let help = try Ran.program(program, ["--help"]).required().output
        let examples = help.split(separator: "\n").map { $0.drop { $0 == " " } }
            .filter { $0.hasPrefix("controller ") || $0.contains(" agent ") }
            .map { line in
                // The explanation stands behind two blanks.
                var words: [Substring] = []
                for word in line.split(separator: " ", omittingEmptySubsequences: false) {
                    if word.isEmpty { break }
                    words.append(word)
                }
                return words.map { $0 == "controller.example" ? "127.0.0.1" : String($0) }
            }
            .filter { $0.count > 1 && ["init", "serve", "enrol", "agent"].contains($0[1]) }
        #expect(examples.map { $0[1] } == ["init", "serve", "enrol", "agent"], "\(help)")
        #expect(examples.count < 5)
        var token = ""
        var ports = ""
        var serving: Process?
        var log: Peer?
        defer { serving?.terminate(grace: .seconds(20)) }
        for words in examples {
            let environment = ["CONTROLLER_HOME": "\(directory.path)/controller", "CONTROLLER_LISTEN": "127.0.0.1"]
            switch words[1] {
            case "serve":
                let port = try SecureShellServer.freePort()
                ports = "\(port)"
                let file = try Descriptor("\(directory.path)/log", .append(permissions: 0o600))
                var invocation = Invocation(
                    Program(path: program), Array(words.dropFirst()),
                    environment: environment.merging([
                        "PATH": "/usr/bin:/bin", "LOG_FORMAT": "json", "CONTROLLER_PORT": ports,
                        "CONTROLLER_SSH_PORT": "\(try SecureShellServer.freePort())",
                    ]) { _, own in own }, directory: "/")
                invocation.output = .descriptor(file.raw)
                invocation.errors = .merged
                serving = try Process.start(invocation)
                withExtendedLifetime(file) {}
                log = try Peer("tail", ["-c", "+1", "-f", "\(directory.path)/log"])
                _ = try log?.line(containing: "\"receiving uploads\"")
            case "agent":
                let said = try agent(Array(words.dropFirst(2)), ["ENROLMENT_TOKEN": token])
                #expect(said.status == 0, "\(said)")
                #expect(said.output.contains("DEMO: registered as DEMO"), "\(said)")
            default:
                let said = try Ran.program(program, Array(words.dropFirst()), environment: environment).required()
                token = said.line
            }
        }
        // Later it needs not even the token, and a source of its only project no project.
        let checked = try agent(["preflight", "--no-sources"], ["SOURCE_1_URL": "/nowhere"])
        #expect(checked.status == 0 && checked.output.contains("agrees"), "\(checked)")
    }

    @Test func aTokenFileIsAllThatAnAgentNeeds() throws {
        let controller = try RunningController(in: directory)
        let token = try EnrolmentToken(controller.enrol("FIELD", "DEMO", "WEB"))
        #expect(token.controller == controller.address)
        #expect(
            token.pin
                == (try Certificate(pem: String(decoding: Files.read(controller.certificate), as: UTF8.self)))
                .publicKeyPin)
        let path = "\(directory.path)/token"
        try Files.write(token.text().utf8, to: path, permissions: 0o600)
        let said = try agent(["register", "--token-file", path], [:])
        #expect(said.status == 0, "\(said)")
        #expect(said.output.contains("DEMO: registered as FIELD") && said.output.contains("WEB: registered as FIELD"))
        #expect(!said.output.contains(token.secret))
        #expect(
            try Ran.script("grep -r -- \"$1\" \"$2\" || true", token.secret, "\(directory.path)/agent").required()
                .output == "")
    }

    /// Another controller at the same address, with another key for the same names.
    @Test func whoeverHasAnotherKeyIsNotAsked() throws {
        let controller = try RunningController(in: directory)
        let good = try EnrolmentToken(controller.enrol("DEMO", "DEMO"))
        let other = try Certificate.selfSigned(hosts: ["127.0.0.1"], validity: .seconds(3600)).0
        let bad = EnrolmentToken(
            controller: good.controller, pin: other.publicKeyPin, secret: good.secret, agent: good.agent,
            projects: good.projects)
        let said = try agent(["register"], ["ENROLMENT_TOKEN": bad.text()])
        #expect(said.status == 1)
        #expect(said.output.contains("controller enrol AGENT --project PROJECT"), "\(said)")
        // The secret was not shown to it.
        #expect(try agent(["register"], ["ENROLMENT_TOKEN": good.text()]).status == 0)
    }

    @Test func eachRefusalSaysWhatToDoNext() throws {
        let controller = try RunningController(in: directory)
        let elsewhere = try controller.command("enrol", "DEMO", "--project", "DEMO", "--address", "elsewhere.example")
        #expect(elsewhere.status == 2 && elsewhere.output.contains("--address HOST:PORT"), "\(elsewhere)")
        let nothing = try controller.command("enrol", "DEMO")
        #expect(nothing.status == 2 && nothing.output.contains("--project KEY"), "\(nothing)")
        let uninitialised = try Ran.program(
            BuiltProgram.path("controller"), ["enrol", "A", "--project", "A", "--state", "\(directory.path)/none"])
        #expect(uninitialised.output.contains("controller init --state"), "\(uninitialised)")
        let token = try controller.enrol("DEMO", "DEMO")
        let cut = try agent(["register"], ["ENROLMENT_TOKEN": String(token.dropLast(9))], home: "cut")
        #expect(cut.status == 2 && cut.output.contains("controller enrol"), "\(cut)")
        #expect(try agent(["register"], ["ENROLMENT_TOKEN": token], home: "first").status == 0)
        let used = try agent(["register"], ["ENROLMENT_TOKEN": token], home: "second")
        #expect(used.status == 1 && used.output.contains("controller enrol DEMO --project DEMO"), "\(used)")
        let without = try agent(["register"], [:], home: "third")
        #expect(without.status == 2 && without.output.contains("JIRA_KEY"), "\(without)")
    }

    /// The key was on its machine all the time; nobody has to do anything.
    @Test func anAgentComesBackByPossessionOfItsKey() throws {
        let controller = try RunningController(in: directory)
        #expect(try agent(["register"], ["ENROLMENT_TOKEN": controller.enrol("DEMO", "DEMO")]).status == 0)
        controller.stop()
        // As if all that came a year ago: registrations, tokens, the audit trail.
        _ = try controller.query(
            """
            UPDATE controller_agents SET registered_at = '2024-01-01T00:00:00Z', seen_at = '2024-01-01T00:00:00Z';
            UPDATE controller_tokens SET expires_at = 1
            """)
        try controller.start()
        let said = try agent(["register"], ["SSH_HOST": controller.address])
        #expect(said.status == 0, "\(said)")
    }

    /// The controller was made anew while the agent was away: one instruction, and one token mends it.
    @Test func anAgentThatDoesNotKnowTheControllersNewKeyGetsOneInstruction() throws {
        let controller = try RunningController(in: directory)
        #expect(try agent(["register"], ["ENROLMENT_TOKEN": controller.enrol("DEMO", "DEMO")]).status == 0)
        controller.stop()
        for name in ["certificate.pem", "certificate-key.pem"] { try Files.remove("\(controller.state)/\(name)") }
        _ = try controller.command("init", "--host", "127.0.0.1").required()
        try controller.start()
        let address = ["SSH_HOST": controller.address]
        let said = try agent(["register"], address)
        #expect(said.status == 1 && said.output.contains("controller enrol AGENT --project"), "\(said)")
        #expect(said.output.contains("agent register --token-file"), "\(said)")
        let token = try controller.enrol("DEMO", "DEMO")
        let mended = try agent(["register"], ["ENROLMENT_TOKEN": token])
        #expect(mended.status == 0, "\(mended)")
        #expect(try agent(["register"], [:]).status == 0)
    }
}
