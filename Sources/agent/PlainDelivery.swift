import Bundles
import Commands
import Configuration
import ControllerAPI
import ControllerClient
import Delivery
import Enrolment
import Files
import Gathering
import Lifecycle
import Logging
import SFTP
import SourceSettings

/// Delivers to a controller of the reference, which knows neither bundles nor receipts: pseudonymised files as they are, by its
/// copy protocol, and a notification. That a controller is one of these says the answer to the registration.
enum PlainDelivery {
    /// - Parameter files: what would be sealed for a controller of ours.
    /// - Returns: the bytes that were delivered.
    static func run(
        _ project: ProjectKey, run: RunID, _ harvest: Harvest, _ files: [BundleFile], _ outbox: Outbox,
        _ agent: Composition
    ) async throws -> Int {
        guard let client = try agent.client(for: project) else { throw Composition.NoController() }
        let service = try service(of: client.host, project, agent)
        if let refusal = agent.refusal(ofDeliveryTo: service) {
            await agent.note([refusal], of: project)
            throw refusal
        }
        for file in files {
            if case .table(_, isPseudonymised: false) = file.content { throw InTheClear(name: file.name) }
        }
        let identity = try agent.identity(for: project)
        let connection = try await SFTPConnection.connect(
            agent.server(service, client.host, identity))
        do {
            try await connection.copy(
                files.map { LegacyFile(path: $0.path, name: $0.name) }, to: "~/export/\(project)/")
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
        try await client.notify(notification(project, files, service, agent), of: project)
        // It has said that it took them: what was gathered is not gathered again.
        try await outbox.advance(harvest.trackers.files, of: project, by: run)
        let bytes = files.reduce(0) { $0 + $1.size }
        agent.logger.info(
            "plain files delivered", ["project.key": .text(project.text), "delivery.bytes": .integer(bytes)])
        return bytes
    }

    private static func notification(
        _ project: ProjectKey, _ files: [BundleFile], _ service: SSHService, _ agent: Composition
    ) throws -> ExportNotification {
        func names(_ isWanted: (BundleFile.Content) -> Bool) -> [String] {
            files.filter { isWanted($0.content) }.map(\.name)
        }
        return ExportNotification(
            agent: .init(
                user: service.user, key: try agent.agentKey(for: project).text, hostname: ProcessFacts.hostName,
                version: "gatherer/\(Version.current)"),
            files: .init(
                export: names { if case .table = $0 { true } else { false } }, update: names { $0 == .tracker },
                other: names { $0 == .log }))
    }

    /// Such a controller names neither account nor host keys: both are for whoever runs the agent to say.
    static func service(
        of host: String, _ project: ProjectKey, _ agent: Composition
    ) throws -> SSHService {
        let port = agent.setup.agent.settings[AgentSettings.uploadPort]
        let path = "\(agent.home)/.ssh/known_hosts"
        let text =
            try Files.status(path) == nil ? "" : String(decoding: Files.read(path, limit: 1 << 20), as: UTF8.self)
        let keys = HostKey.known(for: host, port: port, in: text)
        guard !keys.isEmpty else { throw UnknownHost(host: host, port: port, path: path) }
        return SSHService(
            port: port, user: try agent.setup.agent.userName ?? "agent-\(agent.agentKey(for: project))", hostKeys: keys)
    }

    struct UnknownHost: Failure {
        let host: String
        let port: Int
        let path: String
        var exitCode: ExitCode { .usage }
        var description: String { "\(path) has no host key of \(host), and its controller does not send one" }
        var advice: String? {
            "Run `ssh-keyscan -p \(port) \(host)`, compare the key with the controller's operator, and add its line to "
                + "that file."
        }
    }

    struct InTheClear: Failure {
        let name: String
        var exitCode: ExitCode { .failure }
        var description: String { "\(name) holds personal values in the clear, and is not delivered" }
        var advice: String? { "Gather anew with the project's secrets: agent run" }
    }
}
