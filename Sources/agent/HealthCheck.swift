import Commands
import Configuration
import HTTP
import Lifecycle
import SourceSettings

/// `agent health`: whether the daemon of this agent answers on its web API, as a container engine asks.
enum HealthCheck {
    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let listener = try AgentSetup(environment: ProcessFacts.environment, overrides: invocation.overrides).agent
            .listener
        let host = destination(listener.host)
        var request = try HTTPRequest(.get, "http://\(host):\(listener.port ?? 7070)/healthz")
        request.transport = .plainAllowed
        request.timeouts = .init(connect: .seconds(5), stall: .seconds(5), total: .seconds(8))
        let client = try HTTPClient(HTTPClient.Configuration(userAgent: "gatherer/\(Version.current)"))
        do throws(HTTPError) {
            let response = try await client.send(request)
            guard response.status == 200 else { return fail("it answers with \(response.status)", invocation) }
        } catch {
            return fail("\(error)", invocation)
        }
        try invocation.console.print("the daemon answers")
        return .success
    }

    /// Where a server that listens at all addresses can be reached from its own machine.
    private static func destination(_ listener: String) -> String {
        switch listener {
        case "0.0.0.0", "": "127.0.0.1"
        case "::", "[::]": "[::1]"
        case _ where listener.contains(":") && !listener.hasPrefix("["): "[\(listener)]"
        default: listener
        }
    }

    private static func fail(_ reason: String, _ invocation: Invocation) -> ExitCode {
        invocation.console.complain("agent health: \(reason)")
        return .failure
    }
}
