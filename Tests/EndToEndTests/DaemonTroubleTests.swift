import ControllerAPI
import Files
import Glibc
import Processes
import TestSupport
import Testing

/// What goes wrong around a daemon that runs for years: it says what, with the mend, and goes on.
@Suite struct DaemonTroubleTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// An agent without a controller, whose gatherings therefore end where sealing would begin.
    private func lonely(_ settings: [String: String]) throws -> AgentHome {
        try AgentHome(
            in: directory, controller: nil,
            ["PREFLIGHT_ARGS": "--no-ssh --no-secrets"].merging(settings) { _, own in own })
    }

    @Test(.timeLimit(.minutes(3)))
    func aGatheringThatHangsIsAbandonedAtTheEnd() async throws {
        let host = try SilentHost()
        let agent = try lonely(["SOURCE_1_URL": "http://127.0.0.1:\(host.port)/demo.git", "SOURCE_1_NAME": "demo"])
        let daemon = try RunningDaemon(agent)
        try await daemon.started()
        #expect(try daemon.ask("/scrape", "-X", "POST").line.hasSuffix("201"))
        try await daemon.waitForLog("run begins")
        // While it hangs, the rest of the daemon does not.
        #expect(try daemon.ask("/status").line.hasSuffix("200"))
        #expect(try daemon.ask("/scrape", "-X", "POST").output.contains("Another scrape process is already running"))
        let byHand = try agent.run("run")
        #expect(byHand.status == 75 && byHand.output.contains("another gathering of this agent is under way"))
        let status = try daemon.end()
        #expect(status == .exited(0) || status == .exited(143), "\(status)")
        // A machine that is very busy may have no time for the last words.
        if status == .exited(0) {
            let last = try #require(try agent.report().projects.first?.last)
            #expect(last.outcome == "failed" && last.problem == "it was stopped")
        }
        // Git and its helpers are gone with it.
        #expect(try Ran.program("pgrep", ["-f", "127.0.0.1:\(host.port)/demo.git"]).status == 1)
        withExtendedLifetime(host) {}
    }

    @Test(.timeLimit(.minutes(3)))
    func theSecondSignalEndsItAtOnce() async throws {
        let host = try SilentHost()
        let agent = try lonely(["SOURCE_1_URL": "http://127.0.0.1:\(host.port)/demo.git", "SOURCE_1_NAME": "demo"])
        let daemon = try RunningDaemon(agent)
        try await daemon.started()
        _ = try daemon.ask("/scrape", "-X", "POST")
        try await daemon.waitForLog("run begins")
        // Two that the kernel does not make one of, right after each other: by itself it soon ends well.
        daemon.send(.interrupt)
        daemon.send(.terminate)
        let status = try daemon.exit()
        #expect(status == .exited(143) || status == .exited(130), "\(status)")
        withExtendedLifetime(host) {}
    }

    @Test func aKilledDaemonLeavesNothingInTheWay() async throws {
        let agent = try lonely([:])
        let daemon = try RunningDaemon(agent)
        try await daemon.started()
        daemon.send(.kill)
        _ = try daemon.exit()
        #expect(try agent.report().daemon == nil)
        let next = try RunningDaemon(agent)
        try await next.started()
        #expect(try next.end() == .exited(0))
    }

    @Test func gathersAtItsStartWhereItIsToldTo() async throws {
        let daemon = try RunningDaemon(lonely(["RUN_ON_START": "yes"]))
        try await daemon.waitForLog("run begins", "schedule")
        #expect(try daemon.end() == .exited(0))
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount"), .timeLimit(.minutes(3)))
    func aFullDiskAndAReadOnlyOneAreToldAndOutlived() async throws {
        let state = "\(directory.path)/state"
        try Files.makeDirectory(state)
        let disk = try SmallDisk(at: state)
        let agent = try lonely(["AGENT_STATE": state])
        let daemon = try RunningDaemon(agent)
        try await daemon.started()

        disk.fill()
        try await daemon.scrape()
        try await daemon.waitForLog("the daemon cannot do its work at the moment", "make room")
        #expect(try daemon.ask("/readyz").line.hasSuffix("503"))
        disk.empty()

        try disk.freeze()
        try await daemon.scrape()
        try await daemon.waitForLog("the daemon cannot do its work at the moment", "read-only")
        #expect(try daemon.ask("/healthz").line.hasSuffix("200"))
        try disk.thaw()

        try await daemon.scrape()
        try await daemon.waitForLog("run failed", "is not registered with a controller")
        #expect(try daemon.ask("/readyz").line == "ready\n\n200")
        #expect(try daemon.end() == .exited(0))
        withExtendedLifetime(disk) {}
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount"))
    func withoutAPlaceToWriteItDoesNotStart() throws {
        let state = "\(directory.path)/state"
        try Files.makeDirectory(state)
        let disk = try SmallDisk(at: state)
        try disk.freeze()
        let ran = try lonely(["AGENT_STATE": state]).run("daemon")
        #expect(ran.status == 1)
        #expect(ran.output.contains("Read-only file system") && ran.output.contains("AGENT_STATE"), "\(ran)")
        try disk.thaw()
        withExtendedLifetime(disk) {}
    }

    @Test func aPortThatIsTakenIsTold() async throws {
        let host = try SilentHost()
        let ran = try lonely(["AGENT_PORT": "\(host.port)"]).run("daemon")
        #expect(ran.status == 1)
        #expect(ran.output.contains("another program already does") && ran.output.contains("AGENT_PORT"), "\(ran)")
        withExtendedLifetime(host) {}
    }

    @Test func aClockTenMinutesOffIsTold() throws {
        let controller = try RunningController(in: directory)
        let token = try controller.enrol("DEMO", "DEMO")
        let agent = try AgentHome(
            in: directory, controller: controller, ["ENROLMENT_TOKEN": token, "SOURCE_1_URL": "/nowhere"])
        let program = try BuiltProgram.path("agent")
        let ran = try Ran.program(
            "faketime", ["-f", "+10m", program, "run"],
            environment: ["AGENT_HOME": agent.path, "LOG_FORMAT": "json"])
        #expect(ran.status == 1)
        #expect(ran.output.contains("Compare the clocks of agent and controller"), "\(ran)")
        let last = try #require(try agent.report().projects.first?.last)
        #expect(last.advice?.contains("Compare the clocks") == true)
    }
}
