import ForgeTestSupport
import TestSupport
import Testing

/// What `agent status` tells of a gathering that waits.
@Suite(.timeLimit(.minutes(10))) struct WaitingStatusTests {
    @Test func tellsWhatASourceWaitsForWhileItDoes() async throws {
        let directory = try TemporaryDirectory()
        let server = try PlatformServer(.gitLab)
        try await server.set("limit=3&after=3600")
        let agent = try AgentHome(
            in: directory, controller: nil,
            [
                "SOURCE_1_TYPE": "gitlab", "SOURCE_1_NAME": "Lab", "SOURCE_1_URL": "\(server.address)/grøup/name",
                "SOURCE_1_TOKEN": "very-secret",
            ])
        let gathering = try Peer(
            BuiltProgram.path("agent"), ["scrape", "DEMO"],
            environment: [
                "PATH": "/usr/local/bin:/usr/bin:/bin", "AGENT_HOME": agent.path, "LOG_FORMAT": "json",
            ])
        // The first line that tells of the wait; the log says so after a few seconds of it.
        _ = try gathering.line(containing: "waiting for the limit of 127.0.0.1")
        let status = try agent.run("status")
        #expect(
            status.status == 0 && status.output.contains("  Lab: waiting for the limit of 127.0.0.1:\(server.port)"),
            "\(status)")
        #expect(!status.output.contains("very-secret"))
        #expect(try agent.run("status", "--json").output.contains("\"waits\""))
        gathering.kill()
        #expect(try !agent.run("status").output.contains("waiting for the limit"))
    }
}
