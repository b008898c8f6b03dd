import ControllerAPI
import Files
import Processes
import TestSupport
import Testing

/// A controller that asks for more than the client permits gets nothing of it, whichever way it asks. Each attempt goes
/// through the agent's own program.
@Suite struct HostileControllerTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A repository with one commit.
    private func repository(_ name: String = "product") throws -> String {
        let path = "\(directory.path)/\(name)"
        try Ran.script(
            """
            git init --quiet "$1" && cd "$1"
            echo content > file && git add file
            git -c user.name='Ann Quillfeather' -c user.email=ann@people.test commit --quiet -m 'a message'
            """, path
        ).required()
        return path
    }

    /// How often sources were asked.
    private func gatherings(_ agent: AgentHome) throws -> Int {
        Int(
            try Ran.program(
                "sqlite3",
                ["-cmd", ".timeout 10000", "\(agent.path)/agent.sqlite", "SELECT count(*) FROM gathering_start"]
            )
            .required().line) ?? -1
    }

    // MARK: Other projects

    @Test func aProjectThatTheAgentDoesNotHave() async throws {
        let controller = try HostileController(in: directory, features: ["wait"])
        try controller.want([["SECRET"], ["SECRET", "HIDDEN"]])
        let agent = try AgentHome(in: directory, controller, policy: nil, ["SOURCE_1_URL": try repository()])
        let daemon = try RunningDaemon(agent)
        try await daemon.wait("the wishes were taken") {
            try controller.requests("/auth/wait").contains { $0.query.contains("after=2") }
        }
        #expect(try controller.requests("/auth/status").isEmpty)
        #expect(try !agent.exists("export/SECRET") && !agent.exists("export/HIDDEN"))
        #expect(try agent.refusals() == [" the controller wants projects that this agent does not gather"])
        #expect(try agent.report().refusals.first?.count == 2)
        #expect(try daemon.end() == .exited(0))
    }

    @Test func aProjectThatThePolicyDoesNotHave() async throws {
        let controller = try HostileController(in: directory, features: ["wait"])
        try controller.want([["OTHER"]])
        let agent = try AgentHome(
            in: directory, controller, policy: #"{"projects": ["DEMO"]}"#,
            ["JIRA_KEY": "DEMO OTHER", "SOURCE_1_URL": try repository(), "SOURCE_1_PROJECT": "OTHER"])
        let daemon = try RunningDaemon(agent)
        try await daemon.wait("it was refused") { try !agent.refusals().isEmpty }
        #expect(try controller.requests("/auth/status").isEmpty)
        #expect(try agent.refusals() == ["OTHER OTHER: the policy does not have this project"])
        try await daemon.wait("the journal has it") {
            try agent.report().projects.contains { $0.project == "OTHER" && $0.last?.outcome == "failed" }
        }
        #expect(try !agent.exists("project-git-repos/OTHER"))
        // By hand neither.
        #expect(try agent.run("run", "OTHER").status == 2)
        #expect(try agent.run("scrape", "OTHER").status == 2)
        #expect(try agent.run("preview", "OTHER").status == 2)
        #expect(try daemon.end() == .exited(0))
    }

    // MARK: More often

    @Test func oneRunMoreThanThePolicyPermits() async throws {
        let controller = try HostileController(in: directory, features: ["wait"])
        try controller.want((1...9).map { _ in ["DEMO"] })
        let agent = try AgentHome(
            in: directory, controller, policy: #"{"rate": {"runs": 1, "within": "1d"}}"#,
            ["SOURCE_1_URL": try repository()])
        let daemon = try RunningDaemon(agent)
        try await daemon.wait("all wishes were taken and refused") {
            try controller.requests("/auth/wait").contains { $0.query.contains("after=9") }
                && !agent.refusals().isEmpty
        }
        #expect(try agent.refusals() == ["DEMO DEMO: the policy permits 1 gathering in 1d"])
        #expect(try gatherings(agent) == 1)
        #expect(try daemon.end() == .exited(0))
        // The owner's own wish is one more all the same.
        let again = try agent.run("run")
        #expect(again.status == 2 && again.output.contains("permits 1 gathering in 1d"), "\(again)")
        #expect(try agent.run("scrape", "DEMO").status == 3)
        #expect(try gatherings(agent) == 1)
    }

    @Test func anHourThatThePolicyDoesNotPermit() async throws {
        let controller = try HostileController(in: directory, features: ["wait"])
        try controller.want([["DEMO"]])
        let agent = try AgentHome(
            in: directory, controller, policy: #"{"hours": []}"#, ["SOURCE_1_URL": try repository()])
        let daemon = try RunningDaemon(agent)
        try await daemon.wait("it was refused") { try !agent.refusals().isEmpty }
        #expect(try agent.refusals() == ["DEMO DEMO: the policy permits no time only"])
        try await daemon.wait("the journal has it") { try agent.report().projects.first?.last != nil }
        let kept = try #require(try agent.report().projects.first?.last)
        #expect(kept.outcome == "not-now" && kept.cause == "trigger", "\(kept)")
        #expect(kept.problem == "refused: the policy permits no time only")
        #expect(try controller.requests("/auth/status").isEmpty)
        #expect(try !agent.exists("project-git-repos"))
        let asked = try daemon.ask("/scrape", "-X", "POST")
        #expect(asked.output.contains("Refused by the agent's policy: DEMO") && asked.line.hasSuffix("403"), "\(asked)")
        let runs = try daemon.ask("/runs").output
        for cause in ["trigger", "request"] { #expect(runs.contains(#""cause":"\#(cause)""#), "\(runs)") }
        #expect(try daemon.end() == .exited(0))
        #expect(try agent.run("run").status == 3)
        let checked = try agent.run("preflight", "--no-ssh", "--no-secrets")
        #expect(checked.status == 3 && checked.output.contains("DEMO wait policy: the policy permits no time only"))
        let status = try agent.run("status").output
        #expect(
            status.contains("refused by policy ") && status.contains(": DEMO: the policy permits no time only"),
            "\(status)")
        #expect(status.contains("policy: \(agent.path)/config/policy.json"), "\(status)")
    }

    // MARK: Other variables

    @Test(arguments: [
        "SSH_HOST=evil.example", "SSH_HTTPS_CERT=/tmp/evil.pem", "AGENT_HOME=/tmp/evil", "AGENT_STATE=/tmp/evil",
        "JIRA_KEY=SECRET", "SOURCE_2_URL=https://evil.example/x.git", "GATHERER_CREDENTIALS_FILE=/etc/passwd",
        "GIT_SSH_COMMAND=touch", "PATH=/tmp/evil", "LD_PRELOAD=/tmp/evil.so", "ENROLMENT_TOKEN=x",
        "PREFLIGHT_ARGS=--skip", "AGENT_LOGGING=yes", "HTTPS_PROXY=http://evil.example:1",
    ]) func aVariableThatIsNotItsToSet(line: String) throws {
        let controller = try HostileController(in: directory)
        // What is permitted beside it counts.
        try controller.permit(environment: "LOG_LEVEL=DEBUG\n\(line)\n")
        let agent = try AgentHome(in: directory, controller, policy: "{}", ["SOURCE_1_URL": try repository()])
        let ran = try agent.run("run")
        // All but the delivery, which the policy does not permit either.
        #expect(ran.status == 2 && ran.output.contains("DEMO data_vcs_versions.json: 1 rows"), "\(ran)")
        let name = line.prefix { $0 != "=" }
        #expect(try agent.refusals() == ["DEMO \(name): the controller may not set it"])
        #expect(!ran.output.contains("evil"), "\(ran)")
        let log = try agent.text("export/DEMO/scrape.log")
        #expect(log.contains("the controller sets variables for this run") && log.contains("LOG_LEVEL"), "\(log)")
        #expect(!log.contains(name))
        #expect(try !agent.exists("export/SECRET") && Files.status("/tmp/evil") == nil)
    }

    @Test(arguments: [
        "LOG_LEVEL=$(touch MARK)", "touch MARK", "LOG_LEVEL=DEBUG; touch MARK", "export LOG_LEVEL=DEBUG",
        "LOG_LEVEL=`touch MARK`", "LOG_LEVEL=loud", "LOG_LEVEL=DEBUG\nLOG_LEVEL=INFO\nLOG_LEVEL=ERROR",
    ]) func aLineThatAShellWouldRun(line: String) throws {
        let controller = try HostileController(in: directory)
        let mark = "\(directory.path)/mark"
        try controller.permit(
            environment: line.split(separator: "MARK", omittingEmptySubsequences: false).joined(separator: mark))
        let agent = try AgentHome(in: directory, controller, policy: "{}", ["SOURCE_1_URL": try repository()])
        let ran = try agent.run("run")
        #expect(ran.status == 2 && ran.output.contains("DEMO data_vcs_versions.json: 1 rows"), "\(ran)")
        #expect(try Files.status(mark) == nil)
        #expect(try !agent.refusals().isEmpty)
    }

    @Test func aVariableThatThePolicyTakesBack() throws {
        let controller = try HostileController(in: directory)
        try controller.permit(environment: "LOG_LEVEL=DEBUG\nRATE_LIMIT_SHARE=1\n")
        let agent = try AgentHome(
            in: directory, controller, policy: #"{"variables": ["RATE_LIMIT_SHARE"]}"#,
            ["SOURCE_1_URL": try repository()])
        #expect(try agent.run("run").status == 2)
        #expect(try agent.refusals().contains("DEMO LOG_LEVEL: the controller may not set it"))
        // An answer without variables takes back what an earlier one set.
        try controller.permit()
        _ = try agent.run("run")
        #expect(try !agent.exists("export/DEMO/preflight_env"))
    }

    @Test func moreVariablesThanAnyoneReads() throws {
        let controller = try HostileController(in: directory)
        try controller.permit(environment: (0..<3000).map { "EVIL_\($0)=\($0)\n" }.joined())
        let agent = try AgentHome(in: directory, controller, policy: "{}", ["SOURCE_1_URL": try repository()])
        #expect(try agent.run("run").status == 2)
        #expect(try agent.refusals().count == 21)
        try controller.permit(environment: String(repeating: "#\n", count: 100_000))
        #expect(try agent.run("run").status == 2)
    }

    // MARK: Other hosts

    @Test func anotherHostForBundles() throws {
        let trap = try Trap(in: directory, address: "127.0.0.2")
        let place = SSHService(
            host: "127.0.0.2", port: Int(trap.port), user: "agents", hostKeys: [try HostileController.hostKey()])
        let controller = try HostileController(in: directory, uploads: place)
        let agent = try AgentHome(in: directory, controller, policy: "{}", ["SOURCE_1_URL": try repository()])
        let ran = try agent.run("run")
        #expect(ran.status == 2 && ran.output.contains("another host than the controller's"), "\(ran)")
        #expect(try !trap.wasVisited)
        #expect(try agent.report().outbox?.bundles == 1)
        #expect(try agent.report().refusals.contains { $0.text.hasPrefix("127.0.0.2:\(trap.port): ") })
        #expect(try agent.run("export").status == 2)
        #expect(try !trap.wasVisited)
        // The trap works: who permits the host goes there.
        try agent.write(policy: #"{"deliveries": ["127.0.0.2"]}"#)
        #expect(try agent.run("export").status == 75)
        #expect(try trap.wasVisited)
    }

    @Test(arguments: ["git", "jira"]) func anotherHostByARedirect(type: String) throws {
        let trap = try Trap(in: directory)
        let server = try ScriptedWeb(
            """
            def answer(path):
                return 302, {"Location": "http://localhost:" + arguments[0] + path}, ""
            """, "\(trap.port)")
        let controller = try HostileController(in: directory)
        let settings = ["SOURCE_1_URL": "http://127.0.0.1:\(server.port)/x", "SOURCE_1_TYPE": type]
        let agent = try AgentHome(
            in: directory, controller, policy: #"{"sources": [{"hosts": ["127.0.0.1"]}]}"#, settings)
        let ran = try agent.run("scrape", "DEMO")
        #expect(ran.status == 1, "\(ran)")
        #expect(try !trap.wasVisited)
        if type != "git" {
            // Nobody sends the agent to its own machine, policy or not.
            try Files.remove("\(agent.path)/config/policy.json")
            let sent = try agent.run("scrape", "DEMO")
            #expect(sent.status == 1 && sent.output.contains("names this machine itself"), "\(sent)")
            let checked = try agent.run("preflight", "--no-ssh", "--no-secrets").output
            #expect(checked.contains("mend: Have whoever owns the agent's policy.json permit it there."), "\(checked)")
            #expect(try !trap.wasVisited)
        }
        // The trap works: who permits it goes there.
        try agent.write(policy: #"{"networks": {"allowed": ["127.0.0.0/8", "::1"]}}"#)
        #expect(try agent.run("scrape", "DEMO").status == 1)
        #expect(try trap.wasVisited)
    }

    @Test func aSourceThatThePolicyDoesNotHave() throws {
        let controller = try HostileController(in: directory)
        let (good, hidden) = (try repository("product"), try repository("hidden"))
        let agent = try AgentHome(
            in: directory, controller,
            policy: #"{"sources": [{"types": ["git"], "hosts": ["localhost"], "paths": ["\#(good)"]}]}"#,
            [
                "SOURCE_1_URL": good, "SOURCE_2_URL": hidden, "SOURCE_2_NAME": "concealed",
                "SOURCE_3_URL": "https://evil.example/z.git", "SOURCE_4_TYPE": "subversion",
                "SOURCE_4_URL": "file://\(good)",
            ])
        let checked = try agent.run("config", "check")
        #expect(
            checked.status == 0
                && checked.output.contains("not gathered: concealed: the policy does not have its path"), "\(checked)")
        let ran = try agent.run("run")
        #expect(ran.output.contains("DEMO data_vcs_versions.json: 1 rows"), "\(ran)")
        #expect(ran.output.contains("DEMO concealed: refused: the policy does not have its path"), "\(ran)")
        #expect(try agent.report().projects.first?.last?.outcome == "partial")
        #expect(try agent.report().projects.first?.last?.problem == "3 sources are refused by the policy")
        #expect(try agent.run("scrape", "DEMO").status == 1)
        let refusals = try agent.refusals().sorted()
        #expect(refusals.count == 3, "\(refusals)")
        #expect(refusals.contains("DEMO concealed: the policy does not have its path"), "\(refusals)")
        #expect(refusals.contains("DEMO z: the policy does not have the host evil.example:443"), "\(refusals)")
        #expect(refusals.contains { $0.hasSuffix("sources of type subversion") }, "\(refusals)")
        #expect(try !agent.exists("project-git-repos/DEMO/concealed"))
        // Nothing that goes out names it.
        for name in ["gathering/DEMO/data_sources.json", "export/DEMO/scrape.log", "export/DEMO/data_sources.json"] {
            let text = try agent.text(name)
            #expect(!text.contains("concealed") && !text.contains("evil.example"), "\(name): \(text)")
        }
    }

    /// What a platform says that its group has is looked at as everything else.
    @Test func repositoriesThatAServerNames() throws {
        let server = try ScriptedWeb(
            """
            def answer(path):
                here = "http://127.0.0.1:%d" % port
                if path.startswith("/api/v4/groups/group/projects"):
                    urls = [here + "/group/one.git", here + "/group/two.git", here + "/other/three.git",
                        "https://evil.example/group/four.git"]
                    return 200, {}, json.dumps([{"id": n, "name": url.split("/")[-1][:-4], "http_url_to_repo": url}
                        for n, url in enumerate(urls)])
                if "/repository/commits" in path:
                    return 200, {}, "[{}]"
                return 404, {}, "{}"
            """)
        let controller = try HostileController(in: directory)
        let agent = try AgentHome(
            in: directory, controller,
            policy: #"{"sources": [{"types": ["gitlab"], "hosts": ["127.0.0.1"], "paths": ["/group"]}]}"#,
            ["SOURCE_1_URL": "http://127.0.0.1:\(server.port)/group/one.git", "SOURCE_1_TYPE": "gitlab"])
        let ran = try agent.run("scrape", "DEMO", "--only", "environment")
        #expect(ran.status == 0, "\(ran)")
        let list = try agent.text("export/DEMO/data_sources.json")
        #expect(list.contains("/group/two"), "\(list)")
        #expect(!list.contains("/other/three") && !list.contains("evil.example"), "\(list)")
        #expect(try agent.refusals().count == 2)
    }

    // MARK: Other fields

    @Test func aFieldThatThePolicyKeepsBack() throws {
        let controller = try RunningController(in: directory)
        let repository = try SampleRepository(in: directory)
        let agent = try AgentHome(
            in: directory, controller: controller,
            ["ENROLMENT_TOKEN": try controller.enrol("DEMO", "DEMO"), "SOURCE_1_URL": repository.path])
        try agent.write(
            policy: #"{"fields": {"vcs_versions": ["*", "-message", "-developer_email", "-insertions"], "tag": []}}"#)
        let ran = try agent.run("run")
        #expect(ran.status == 0, "\(ran)")
        #expect(ran.output.contains("vcs_versions: the policy keeps back message, developer_email, insertions"))
        #expect(ran.output.contains("tag: the policy keeps back the whole table"))
        try controller.waitForLog("\"bundle imported\"")
        let count = try repository.count()
        #expect(try controller.count("vcs_versions") == count)
        #expect(
            try controller.count("vcs_versions", where: "message = '' AND developer_email = '0' AND insertions = 0")
                == count)
        #expect(try controller.count("vcs_versions", where: "length(developer) = 64") > 0)
        for table in ["tag", "change_path"] {
            #expect(try controller.count(table) == 0)
            #expect(try !agent.exists("export/DEMO/data_\(table).json"))
        }
        #expect(try agent.text("export/DEMO/scrape.log").contains("the policy keeps fields back"))
        // The bundle says what it does not hold.
        let manifest = try Ran.script(
            """
            cd "$1"
            for part in "$2"/*.cms; do
                openssl cms -decrypt -inform DER -in "$part" -recip certificate.pem -inkey certificate-key.pem
            done | tar --zstd -x -O manifest.json
            """, controller.state, try #require(controller.keptBundles().first)
        ).required().output
        #expect(manifest.contains("\"withheld\"") && manifest.contains("\"change_path\""), "\(manifest)")
        #expect(!manifest.contains("\"resource\" : \"tag\""), "\(manifest)")
    }

    @Test func aFieldThatWasGatheredBeforeThePolicyWas() throws {
        let controller = try HostileController(in: directory)
        let agent = try AgentHome(in: directory, controller, policy: nil, ["SOURCE_1_URL": try repository()])
        try agent.run("register").required()
        #expect(try agent.run("scrape", "DEMO").status == 0)
        try agent.write(policy: #"{"fields": {"vcs_versions": ["*", "-message"]}}"#)
        let ran = try agent.run("export")
        #expect(ran.status == 0 && ran.output.contains("nothing waits for delivery"), "\(ran)")
        #expect(ran.output.contains("more than the policy permits by now"), "\(ran)")
    }

    // MARK: A policy that cannot be followed

    @Test func aWrongPolicyLetsNothingBeGathered() throws {
        let controller = try HostileController(in: directory)
        let agent = try AgentHome(
            in: directory, controller, policy: #"{"project": ["DEMO"], "hours": [{"from": "1", "to": "02:00"}]}"#,
            ["SOURCE_1_URL": try repository(), "LOG_LEVEL": "loud"])
        let checked = try agent.run("config", "check")
        #expect(checked.status == 2, "\(checked)")
        for text in [
            "LOG_LEVEL (", "config/policy.json: project: expected one of ", "Write projects, or remove it.",
            "config/policy.json: hours[0].from: expected HH:MM",
        ] {
            #expect(checked.output.contains(text), "\(text) in \(checked)")
        }
        try agent.write(
            [
                "SSH_HOST": controller.server.address, "SSH_HTTPS_CERT": controller.server.certificate.certificate,
                "SOURCE_1_URL": "\(directory.path)/product",
            ], controller: nil)
        for words in [["run"], ["scrape", "DEMO"], ["preview", "DEMO"]] {
            let ran = try Ran.program(BuiltProgram.path("agent"), words, environment: ["AGENT_HOME": agent.path])
            #expect(ran.status == 2 && ran.output.contains("the policy has 2 faults"), "\(ran)")
        }
        #expect(try controller.server.requests().isEmpty)
        try agent.write(policy: "{}")
        try Ran.program("chmod", ["666", "\(agent.path)/config/policy.json"]).required()
        let open = try agent.run("run")
        #expect(open.status == 2 && open.output.contains("chmod go-w"), "\(open)")
    }
}
