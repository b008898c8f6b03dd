import Files
import Processes
import TestSupport
import Testing

/// `agent` without a command: a job of Jenkins, a daemon, or nothing yet.
@Suite struct JenkinsModeTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func job(_ agent: AgentHome, _ more: [String: String] = [:]) throws -> Ran {
        let variables = ["AGENT_HOME": agent.path, "JENKINS_URL": "https://jenkins.example/"]
        return try Ran.program(
            try BuiltProgram.path("agent"), [], environment: variables.merging(more) { _, own in own })
    }

    @Test func gathersEveryProjectInOrderAndEndsTruthfully() throws {
        let controller = try RunningController(in: directory)
        let repository = try SampleRepository(in: directory)
        let token = try controller.enrol("DEMO", "DEMO", "OTHER")
        let settings = [
            "JIRA_KEY": "DEMO OTHER", "ENROLMENT_TOKEN": token, "SOURCE_1_URL": repository.path,
            "SOURCE_1_NAME": "demo", "SOURCE_1_PROJECT": "DEMO", "SOURCE_2_URL": repository.path,
            "SOURCE_2_NAME": "other", "SOURCE_2_PROJECT": "OTHER",
        ]
        let agent = try AgentHome(in: directory, controller: controller, settings)
        let ran = try job(agent)
        #expect(ran.status == 0, "\(ran)")
        let output = ran.output
        let demo = try #require(output.firstRange(of: "DEMO data_vcs_versions.json"))
        let other = try #require(output.firstRange(of: "OTHER data_vcs_versions.json"))
        #expect(demo.lowerBound < other.lowerBound)
        #expect(output.contains("ended with status 0: all is well"))
        // For people, who read the log of the build.
        #expect(!output.contains("{\"time\""))
        for project in ["DEMO", "OTHER"] {
            let log = String(decoding: try Files.read("\(agent.path)/export/\(project)/scrape.log"), as: UTF8.self)
            #expect(log.contains("run begins") && log.contains("run.cause=jenkins"), "\(log)")
        }

        // The second of three is not the agent's, and has a name that sorts first.
        try agent.write(settings.merging(["JIRA_KEY": "DEMO ALIEN OTHER"]) { _, own in own }, controller: controller)
        let partly = try job(agent)
        #expect(partly.status == 1, "\(partly)")
        #expect(partly.output.contains("ended with status 1"))
        #expect(try agent.report().projects.map { $0.last?.outcome } == ["complete", "failed", "complete"])
    }

    @Test func takesPreflightArgumentsWhole() throws {
        let agent = try AgentHome(in: directory, controller: nil, ["PREFLIGHT_ARGS": "--no-ssh --no-secrets"])
        // Both words count: neither the controller nor the secrets are asked for.
        let ran = try job(agent)
        #expect(!ran.output.contains(" controller: ") && !ran.output.contains(" secrets: "), "\(ran)")
        #expect(ran.status == 1)

        for (words, expected) in [("--no-ssh --bogus", "no option '--bogus'"), ("--no-ssh DEMO", "'DEMO'")] {
            try agent.write(["PREFLIGHT_ARGS": words], controller: nil)
            let wrong = try job(agent)
            #expect(wrong.status == 2)
            #expect(wrong.output.contains("PREFLIGHT_ARGS") && wrong.output.contains(expected), "\(wrong)")
        }
    }

    @Test func withoutProjectsThereIsNothingToDo() throws {
        let agent = try AgentHome(in: directory, controller: nil, ["JIRA_KEY": ""])
        let ran = try job(agent)
        #expect(ran.status == 2)
        #expect(ran.output.contains("JIRA_KEY names no project"), "\(ran)")
    }

    @Test func withoutAnySettingItSaysWhatIsMissing() throws {
        let ran = try Ran.program(
            try BuiltProgram.path("agent"), [], environment: ["AGENT_HOME": directory.path])
        #expect(ran.status == 2)
        for name in ["JIRA_KEY", "SSH_HOST", "CRON_PERIOD", "agent --help"] {
            #expect(ran.output.contains(name), "\(ran)")
        }
    }

    @Test func withAPeriodItIsADaemon() async throws {
        let agent = try AgentHome(in: directory, controller: nil, ["CRON_PERIOD": "daily", "JIRA_KEY": "-"])
        let daemon = try RunningDaemon(agent, [])
        try await daemon.started()
        #expect(try daemon.ask("/readyz").line == "JIRA_KEY names no project\n\n503")
        #expect(try daemon.end() == .exited(0))
    }

    @Test func tellsTheServiceManager() async throws {
        let agent = try AgentHome(in: directory, controller: nil, ["CRON_PERIOD": "daily"])
        let path = "\(directory.path)/notify"
        let manager = try Peer(
            "python3",
            [
                "-u", "-c",
                """
                import socket, sys
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                s.bind(sys.argv[1])
                print("bound")
                while True:
                    print(s.recv(4096).decode().replace("\\n", " "))
                """, path,
            ])
        _ = try manager.line(containing: "bound")
        let daemon = try RunningDaemon(agent, environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"])
        _ = try manager.line(containing: "STATUS=next gathering at ")
        _ = try manager.line(containing: "READY=1")
        _ = try manager.line(containing: "WATCHDOG=1")
        _ = try manager.line(containing: "WATCHDOG=1")
        try daemon.hangUp()
        _ = try manager.line(containing: "RELOADING=1")
        _ = try manager.line(containing: "READY=1")
        #expect(try daemon.end() == .exited(0))
        _ = try manager.line(containing: "STOPPING=1")
    }
}
