import Files
import Processes
import TestSupport
import Testing

/// The agent as it runs for years: a real daemon, a real controller.
@Suite struct DaemonTests {
    private let directory: TemporaryDirectory
    private let controller: RunningController
    private let agent: AgentHome
    private let settings: [String: String]

    init() throws {
        directory = try TemporaryDirectory()
        controller = try RunningController(in: directory)
        let repository = try SampleRepository(in: directory)
        let token = try controller.enrol("DEMO", "DEMO")
        settings = ["ENROLMENT_TOKEN": token, "SOURCE_1_URL": repository.path, "SOURCE_1_NAME": "demo"]
        agent = try AgentHome(in: directory, controller: controller, settings)
    }

    private func set(_ more: [String: String]) throws {
        try agent.write(settings.merging(more) { _, own in own }, controller: controller)
    }

    @Test(.timeLimit(.minutes(5)))
    func gathersAtItsPeriodAndNoSoonerAndTellsSo() async throws {
        try set(["CRON_PERIOD": "1min"])
        let daemon = try RunningDaemon(agent)
        try await daemon.started()
        #expect(try agent.report().daemon?.plans.map(\.setting) == ["CRON_PERIOD"])
        try await daemon.waitForLog("run ended", "complete")
        #expect(try daemon.logged("run.cause", of: "run begins") == "schedule")
        // To the second, which both texts have in their first 19 characters.
        let planned = try #require(try daemon.logged("daemon.next", of: "daemon started"))
        let begun = try #require(try daemon.logged("time", of: "run begins"))
        #expect(planned.prefix(19) <= begun.prefix(19), "\(planned) and \(begun)")
        // However long we took, no second one began before the first had ended.
        let lines = try daemon.logged.split(separator: "\n").filter { $0.contains("\"run ") }
        #expect(lines.first?.contains("run begins") == true && lines.dropFirst().first?.contains("run ended") == true)
        #expect(lines.dropFirst().first?.contains("\"run.rows\":0,") == false)
        try controller.waitForLog("\"bundle imported\"")
        #expect(try daemon.end() == .exited(0))
        let without = try agent.report()
        #expect(without.daemon == nil)
        #expect(without.projects.first?.last?.cause == "schedule")
    }

    @Test func gathersWhenTheControllerWantsIt() async throws {
        try set(["CRON_PERIOD": "monthly"])
        let daemon = try RunningDaemon(agent)
        try await daemon.started()
        try await daemon.wait("the agent waits") { try agent.report().daemon?.waiting == "waiting" }
        #expect(try controller.command("trigger", "DEMO").status == 0)
        try await daemon.waitForLog("run ended", "complete")
        #expect(try agent.report().projects.first?.last?.cause == "trigger")
        try controller.waitForLog("\"bundle imported\"")
    }

    /// The controller has forgotten a wish that was taken: nobody but the agent can remember it.
    @Test func aWishThatWasTakenOutlivesTheDeathOfTheDaemon() async throws {
        try set(["CRON_PERIOD": "monthly"])
        #expect(try agent.run("register").status == 0)
        let state = agent.path
        do {
            // Somebody else gathers, so that the wish cannot begin.
            let lock = try FileLock("\(state)/run.lock")
            defer { withExtendedLifetime(lock) {} }
            let daemon = try RunningDaemon(agent)
            try await daemon.wait("the agent waits") { try agent.report().daemon?.waiting == "waiting" }
            #expect(try controller.command("trigger", "DEMO").status == 0)
            try await daemon.waitForLog("what the controller wants waits for the end of another gathering")
            let database = "\(controller.state)/controller.sqlite"
            try await daemon.wait("the controller counts it as taken") {
                try Ran.program(
                    "sqlite3",
                    [
                        "-readonly", "-cmd", ".timeout 60000", database,
                        "SELECT count(*) FROM controller_triggers WHERE acknowledged_at IS NOT NULL",
                    ]
                ).required().line == "1"
            }
            daemon.send(.kill)
            #expect(try daemon.exit() == .signalled(9))
            #expect(try agent.report().projects.first?.last == nil)
            #expect(try agent.report().projects.first?.wanted != nil)
            #expect(try agent.run("status").output.contains("wanted by the controller since"))
        }
        let next = try RunningDaemon(agent)
        try await next.waitForLog("run ended", "complete")
        #expect(try agent.report().projects.first?.last?.cause == "trigger")
        #expect(try agent.report().projects.first?.wanted == nil)
        #expect(try next.end() == .exited(0))
        let last = try RunningDaemon(agent)
        try await last.started()
        #expect(try last.end() == .exited(0))
        #expect(try !last.logged.contains("run begins"))
    }

    @Test func gathersWhenItsWebAPIIsAsked() async throws {
        let daemon = try RunningDaemon(agent)
        try await daemon.started()
        #expect(try daemon.ask("/status").line == "{\"message\":\"No scrape process is running\",\"ok\":false}\n503")
        #expect(try daemon.ask("/scrape").line.hasSuffix("\n400"))
        #expect(try daemon.ask("/scrape", "-X", "POST", "-H", "Host: elsewhere").line.hasSuffix("\n403"))
        #expect(try daemon.ask("/scrape", "-X", "POST").line == "{\"ok\":true}\n201")
        try await daemon.waitForLog("run ended", "complete")
        #expect(try daemon.ask("/runs").output.contains(#""cause":"request""#))
        #expect(try daemon.ask("/metrics").output.contains(#"gathering_agent_runs_total{outcome="complete"} 1"#))
        #expect(try daemon.ask("/readyz").line == "ready\n\n200")
    }

    @Test func makesUpForWhatWasMissedAndOnlyThen() async throws {
        #expect(try agent.run("run").status == 0)
        // As if the last run had been long ago.
        try Ran.program(
            "sqlite3", ["\(agent.path)/agent.sqlite", "UPDATE run SET started = started - 40 * 86400"]
        ).required()
        try set(["CRON_PERIOD": "monthly"])
        let daemon = try RunningDaemon(agent)
        try await daemon.waitForLog("run ended", "complete")
        #expect(try agent.report().projects.first?.last?.cause == "schedule")
        #expect(try daemon.end() == .exited(0))
        let second = try RunningDaemon(agent)
        try await second.started()
        #expect(try second.end() == .exited(0))
        #expect(try !second.logged.contains("run begins"))
    }

    @Test func aSecondDaemonOfTheSameAgentIsRefused() async throws {
        let daemon = try RunningDaemon(agent)
        try await daemon.started()
        let second = try agent.run("daemon")
        #expect(second.status == 1)
        #expect(second.output.contains("another daemon of this agent runs already"), "\(second)")
    }

    @Test func readsItsSettingsAgainAndOutlivesAFaultInThem() async throws {
        try set(["CRON_PERIOD": "monthly"])
        let daemon = try RunningDaemon(agent)
        try await daemon.started()
        try set(["CRON_PERIOD": "weekly"])
        try daemon.hangUp()
        try await daemon.wait("the new period") { try agent.report().daemon?.plans.first?.period == "weekly" }

        try Files.write("JIRA_KEY=DEMO\nCRON_PERIOD=often\n".utf8, to: "\(agent.path)/env", permissions: 0o600)
        try daemon.hangUp()
        try await daemon.waitForLog("the daemon cannot do its work at the moment", "CRON_PERIOD")
        let ready = try daemon.ask("/readyz")
        #expect(ready.line.hasSuffix("503") && ready.output.contains("CRON_PERIOD"), "\(ready)")
        // It is told where the gathering ends while the request waits, a tenth of a second.
        try await daemon.wait("the status is told") {
            try daemon.ask("/scrape", "-X", "POST").output.contains("Status code 2")
        }
        #expect(try daemon.ask("/healthz").line.hasSuffix("200"))

        try set(["CRON_PERIOD": "daily"])
        try daemon.hangUp()
        try await daemon.wait("the mended period") { try agent.report().daemon?.plans.first?.period == "daily" }
        #expect(try agent.report().daemon?.problem == nil)
        #expect(try daemon.end() == .exited(0))
    }
}
