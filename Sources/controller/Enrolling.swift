import Commands
import Configuration
import ControllerAPI
import Cryptography
import Files
import Fleet
import Lifecycle

/// `controller enrol`: one word with all that an agent needs to enrol.
enum Enrolling {
    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let configuration = try ControllerConfiguration(
            environment: ProcessFacts.environment, overrides: invocation.overrides)
        let state = ControllerState(configuration)
        try state.requireReady()
        let projects = try invocation.values("project").map { text in try ProjectKey(text) }
        guard !projects.isEmpty else {
            throw invocation.usageError(.missingValue, "an agent needs at least one project: --project KEY")
        }
        let agent = try AgentKey(invocation.word("AGENT") ?? "")
        let certificate = try certificate(invocation, state)
        let address = try address(invocation, configuration, state, certificate)
        let hours = invocation.value("valid").flatMap { Int($0) } ?? 24
        let fleet = try Administration.openFleet(invocation)
        let secret = try await fleet.enrol(agent, for: projects, validity: .seconds(hours * 3600))
        let token = EnrolmentToken(
            controller: address.description, pin: certificate.publicKeyPin, secret: secret, agent: agent,
            projects: projects)
        try invocation.console.print(token.text())
        return .success
    }

    /// The certificate that agents will see: the controller's own, or that of a proxy before it.
    private static func certificate(_ invocation: Invocation, _ state: ControllerState) throws -> Certificate {
        guard let path = invocation.value("certificate") else { return try state.certificate() }
        return try Certificate(pem: String(decoding: Files.read(path), as: UTF8.self))
    }

    /// Where agents reach this controller: what is said here, else what the settings say, else the first name of the
    /// certificate with the port on which the controller listens.
    private static func address(
        _ invocation: Invocation, _ configuration: ControllerConfiguration, _ state: ControllerState,
        _ certificate: Certificate
    ) throws -> HostPort {
        let address: HostPort
        if let text = invocation.value("address") {
            guard let given = HostPort(text) else {
                throw invocation.usageError(.badValue, "'\(text)' is no address such as controller.example:8443")
            }
            address = given
        } else {
            let first = configuration.hosts.first
            let port = try first?.port ?? state.servedPort() ?? configuration.listener.port ?? 8443
            address = HostPort(host: first?.host ?? certificate.hosts.first ?? "localhost", port: port)
        }
        guard certificate.hosts.contains(address.host) else {
            throw NotInCertificate(host: address.host, known: certificate.hosts)
        }
        return address
    }

    struct NotInCertificate: Failure {
        let host: String
        let known: [String]
        var exitCode: ExitCode { .usage }
        var description: String {
            "the certificate is not for \(host) but for \(known.joined(separator: ", ")): no agent would trust it"
        }
        var advice: String? {
            "Say where agents reach this controller: --address HOST:PORT with one of these names, and --certificate FILE "
                + "where they meet a proxy first."
        }
    }
}
