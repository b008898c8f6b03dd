import Cryptography
import Files
import TestSupport
import Testing

/// The pages of both programs in a real browser: what people do there is done.
@Suite(.serialized) struct FleetPageTests {
    private let directory: TemporaryDirectory
    private let controller: RunningController
    private let agent: AgentHome

    init() throws {
        directory = try TemporaryDirectory()
        controller = try RunningController(in: directory)
        agent = try AgentHome(in: directory, controller: controller)
        let file = "\(directory.path)/password"
        try Files.write("correct horse battery\n".utf8, to: file, permissions: 0o600)
        try controller.command("users", "add", "anna", "--role", "admin", "--password-file", file).required()
    }

    @Test func anAdminLogsInAcceptsAnAgentAndLogsOut() async throws {
        #expect(try agent.run("register").output.contains("waits for approval"))
        let fingerprint = try agent.key().publicKey.fingerprint
        let browser = try await Browser(in: directory)
        try await browser.open("https://\(controller.address)/")
        #expect(try await browser.text("h1") == "Fleet of gathering agents")
        // The style is the page's own, and its policy lets it be.
        #expect(try await browser.style("body", "max-width") == "1152px")
        #expect(try await browser.label("#password") == "Password")

        try await browser.type("anna", into: "#name")
        try await browser.type("not her password", into: "#password")
        try await browser.click("main button")
        #expect(try await browser.text("[role=alert]") == "The name or the password is not right.")
        try await browser.type("anna", into: "#name")
        // The key "enter" does what the button does.
        try await browser.type("correct horse battery\u{E007}", into: "#password")

        #expect(try await browser.text("a[aria-current=page]") == "Fleet")
        #expect(try await browser.text("header span") == "anna (admin)")
        #expect(try await browser.text("main code") == fingerprint)
        #expect(try await browser.value("#projects-DEMO") == "DEMO")
        #expect(try await browser.label("#projects-DEMO") == "Projects, parted by blanks")
        try await browser.click("form[action='/fleet/approve'] button")
        #expect(try await browser.text("[role=status]") == "The agent is accepted.")
        #expect(try await browser.title == "Agent DEMO")
        try agent.run("register").required()
        let trail = try controller.command("audit", "--agent", "DEMO").output
        #expect(trail.contains("approved") && trail.contains("by anna"), "\(trail)")

        try await browser.clickLink("DEMO")
        try await browser.type("7", into: "#days")
        try await browser.click("form[action='/fleet/schedule'] button")
        #expect(try await browser.text("[role=status]") == "The project has its schedule.")
        #expect(try controller.command("schedule", "show").line.contains("every: 7 days"))

        try await browser.click("form[action='/logout'] button")
        #expect(try await browser.label("#name") == "Name")
        try await browser.open("https://\(controller.address)/fleet/agent?agent=DEMO")
        #expect(try await browser.text("[role=alert]").hasPrefix("Nobody is logged in"))
        // Statuses of refusals are told as errors; nothing that the policy refused is among them.
        let complaints = try await browser.complaints().filter {
            !$0.contains("status of 401") && !$0.contains("favicon")
        }
        #expect(complaints.isEmpty, "\(complaints)")
        try await browser.end()
    }

    @Test func bothPagesFitANarrowScreenAndADarkRoom() async throws {
        let daemon = try RunningDaemon(agent)
        try await daemon.started()
        let browser = try await Browser(in: directory, width: 500, dark: true)
        try await browser.open("http://127.0.0.1:\(daemon.port)/")
        #expect(try await browser.text("h1").hasPrefix("Gathering agent"))
        #expect(try await browser.style("body", "background-color") == "rgba(22, 24, 28, 1)")
        #expect(try await browser.style("html", "overflow-x") == "visible")
        try await browser.open("https://\(controller.address)/")
        #expect(try await browser.style("body", "background-color") == "rgba(22, 24, 28, 1)")
        let complaints = try await browser.complaints().filter { !$0.contains("favicon") }
        #expect(complaints.isEmpty, "\(complaints)")
        try await browser.end()
        withExtendedLifetime(daemon) {}
    }
}
