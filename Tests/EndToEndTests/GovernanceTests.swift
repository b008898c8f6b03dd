import TestSupport
import Testing

/// What operators decide holds for agents at once.
@Suite struct GovernanceTests {
    private let directory: TemporaryDirectory
    private let controller: RunningController
    private let agent: AgentHome

    init() throws {
        directory = try TemporaryDirectory()
        controller = try RunningController(in: directory)
        let token = try controller.enrol("DEMO", "DEMO")
        agent = try AgentHome(in: directory, controller: controller, ["ENROLMENT_TOKEN": token])
        try agent.run("register").required()
    }

    private func preflight() throws -> Ran { try agent.run("preflight") }

    @Test func aLockedProjectIsNotGathered() throws {
        #expect(try preflight().status == 0)
        try controller.command("projects", "lock", "DEMO", "--reason", "server moves").required()
        let refused = try preflight()
        #expect(refused.status == 3, "\(refused)")
        #expect(try controller.command("projects", "list").output.contains("server moves"))
        try controller.command("projects", "unlock", "DEMO").required()
        #expect(try preflight().status == 0)
        let unknown = try controller.command("projects", "lock", "NOBODY")
        #expect(unknown.status == 1 && unknown.output.contains("controller projects list"), "\(unknown)")
    }

    @Test func agentsComeFromTheirNetworksOnly() throws {
        try controller.command("networks", "add", "192.0.2.0/24", "--project", "DEMO").required()
        #expect(try preflight().status != 0)
        try controller.command("networks", "add", "127.0.0.0/8", "--project", "DEMO").required()
        #expect(try preflight().status == 0)
        #expect(try controller.command("networks", "list").line == "DEMO\tagents\t127.0.0.0/8 192.0.2.0/24")
        try controller.command("networks", "remove", "127.0.0.0/8", "--project", "DEMO").required()
        #expect(try preflight().status != 0)
        let bad = try controller.command("networks", "add", "everywhere")
        #expect(bad.status == 2 && bad.output.contains("192.0.2.0/24"), "\(bad)")
    }

    @Test func aBanOutlastsTokensAndAnEvictionDoesNot() throws {
        try controller.command("agents", "evict", "DEMO").required()
        #expect(try preflight().status != 0)
        let token = try controller.enrol("DEMO", "DEMO")
        try agent.write(["ENROLMENT_TOKEN": token], controller: controller)
        try agent.run("register").required()
        #expect(try preflight().status == 0)

        try controller.command("agents", "ban", "DEMO").required()
        let another = try controller.enrol("DEMO", "DEMO")
        try agent.write(["ENROLMENT_TOKEN": another], controller: controller)
        let refused = try agent.run("register")
        #expect(refused.status == 1, "\(refused)")
        let trail = try controller.command("audit", "--agent", "DEMO").output
        #expect(trail.contains("banned") && trail.contains("evicted"), "\(trail)")
        try controller.command("agents", "unban", "DEMO").required()
        try controller.command("agents", "approve", "DEMO", "--project", "DEMO").required()
        #expect(try preflight().status == 0)
    }

    @Test func aScheduleIsSetShownAndPassedOverOnce() throws {
        try controller.command("schedule", "set", "DEMO", "--days", "7", "--drift", "0").required()
        #expect(try controller.command("schedule", "show").line.contains("every: 7 days\tdrift: 0 minutes"))
        try controller.command("schedule", "allow-now", "DEMO").required()
        #expect(try controller.command("schedule", "show").line.contains("allowed once at"))
        #expect(try preflight().status == 0)
    }
}
