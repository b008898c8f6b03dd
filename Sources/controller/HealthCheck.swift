import Commands
import Configuration
import Cryptography
import HTTP
import Lifecycle
import Receiving

/// `controller health`: whether the controller of this state directory answers over HTTPS, as a container engine asks, and
/// with `--ready` whether it can do its work.
enum HealthCheck {
    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        let state = ControllerState(configuration)
        try state.requireInitialised()
        // By a name that the certificate has, and with nobody else's trusted: what answers is this very controller.
        let port = configuration.listener.port ?? 8443
        let name = try state.certificate().hosts.first ?? "localhost"
        let host = name.contains(":") ? "[\(name)]" : name
        let path = invocation.has("ready") ? "readyz" : "healthz"
        var request = try HTTPRequest(.get, "https://\(host):\(port)/\(path)")
        request.destination = .init(host: ServerGreeting.loopback(for: configuration.listener.host), port: port)
        // Between the activation of a certificate and the next start it still shows the one before.
        let pins = try [state.certificate().publicKeyPin] + state.formerCertificates().map(\.0.publicKeyPin)
        request.trust = .publicKey(pins: pins.joined(separator: ";"))
        request.timeouts = .init(connect: .seconds(5), stall: .seconds(5), total: .seconds(8))
        let client = try HTTPClient(HTTPClient.Configuration(userAgent: "gatherer/\(Version.current)"))
        do throws(HTTPError) {
            let response = try await client.send(request)
            guard response.status != 503 else { return fail("it cannot do its work; its log tells why", invocation) }
            guard response.status == 200 else { return fail("it answers with \(response.status)", invocation) }
        } catch {
            return fail("\(error)", invocation)
        }
        try invocation.console.print("the controller answers")
        return .success
    }

    private static func fail(_ reason: String, _ invocation: Invocation) -> ExitCode {
        invocation.console.complain("controller health: \(reason)")
        return .failure
    }
}
