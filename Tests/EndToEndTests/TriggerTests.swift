import ControllerAPI
import Cryptography
import Files
import TestSupport
import Testing

/// An operator's wish reaches an agent that waits at a running controller.
@Suite struct TriggerTests {
    @Test func aTriggerFromTheCommandLineWakesAnAgentThatWaits() throws {
        let directory = try TemporaryDirectory()
        let controller = try RunningController(in: directory)
        let token = try controller.enrol("DEMO", "DEMO")
        let agent = try AgentHome(in: directory, controller: controller, ["ENROLMENT_TOKEN": token])
        #expect(try agent.run("register").status == 0)
        #expect(try agent.registration(of: "DEMO").controller?.offers(.wait) == true)
        let visitor = try Visitor(controller, in: directory)

        let request = try visitor.signed(
            .init(path: "/auth/wait", query: "agent=DEMO"), as: "DEMO", with: agent.key())
        // In the background; the process ends with its answer.
        let waiting = try visitor.start(request)
        let trigger = try controller.command("trigger", "DEMO")
        #expect(trigger.line == "DEMO: asked DEMO")
        let answer = try waiting.rest()
        #expect(answer.contains(#"{"projects":["DEMO"],"trigger":1}"#), "\(answer)")

        let nobody = try controller.command("trigger", "NOBODY")
        #expect(nobody.status == 1)
        #expect(nobody.output.contains("controller enrol AGENT --project NOBODY"), "\(nobody)")
    }
}
