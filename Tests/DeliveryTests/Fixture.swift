import Bundles
import ControllerAPI
import ControllerClient
import Cryptography
import Delivery
import Files
import HTTP
import Logging
import SFTP
import TestSupport
import Timestamps

/// An outbox in a directory of its own, and bundles for it. The parts are no sealed ones: the outbox does not look inside.
struct OutboxFixture {
    let directory: TemporaryDirectory
    let configuration: Outbox.Configuration

    init(limit: Int = 10 << 20) throws {
        directory = try TemporaryDirectory()
        configuration = Outbox.Configuration(
            database: "\(directory.path)/agent.sqlite", directory: "\(directory.path)/outbox", limit: limit)
    }

    func open() async throws -> Outbox { try await Outbox.open(configuration) }

    /// Writes parts where `Outbox.directory(for:)` wants them.
    func bundle(
        _ project: String = "DEMO", sizes: [Int] = [70_000, 30_000], at seconds: Int = 1_790_000_000
    ) throws -> SealedBundle {
        let identity = BundleIdentity(
            agent: try AgentKey("AGENT"), project: try ProjectKey(project), run: RunID(at: Timestamp(seconds: seconds)))
        let place = "\(configuration.directory)/\(identity.project)/\(identity.run)"
        try Files.makeDirectory(place)
        var parts: [BundleAnnouncement.Part] = []
        for (number, size) in zip(1..., sizes) {
            let name = "\(String(1000 + number).dropFirst()).cms"
            let content = [UInt8](repeating: UInt8(number), count: size)
            try Files.write(content, to: "\(place)/\(name)")
            parts.append(try BundleAnnouncement.Part(name: name, size: size, sha256: SHA256.digest(of: content)))
        }
        return SealedBundle(
            agent: identity.agent, project: identity.project,
            announcement: try BundleAnnouncement(
                run: identity.run, parts: parts, manifest: SHA256.digest(of: Array("\(identity.run)".utf8)),
                signature: [UInt8](repeating: 7, count: 64)))
    }
}

/// A courier between a real `sshd` and a scripted controller.
struct CourierFixture {
    let outboxes: OutboxFixture
    let controller: ScriptedController
    let server: SecureShellServer
    let home: String
    let clock = ImpatientClock()
    let policy: RetryPolicy
    private let key: SigningKey
    private let receiptKey: SigningKey
    private let keyFile: String

    init(_ policy: RetryPolicy = RetryPolicy(tries: 3)) throws {
        outboxes = try OutboxFixture()
        self.policy = policy
        let directory = outboxes.directory
        home = "\(directory.path)/home"
        try Files.makeDirectory(home)
        key = try SigningKey.generate()
        receiptKey = try SigningKey.generate()
        keyFile = "\(directory.path)/agent-key"
        try key.save(keyFile)
        controller = try ScriptedController(in: directory)
        server = try SecureShellServer(
            in: directory, authorizedKeys: [key.publicKey.openSSH()], service: .sftp(directory: home))
    }

    func courier(_ outbox: Outbox, hostKeys: [String]? = nil) throws -> Courier {
        let client = try ControllerClient(
            controller.address, trust: .certificate(file: controller.certificate.certificate),
            agent: AgentKey("AGENT"), key: key, http: HTTPClient(.init(userAgent: "test/1")))
        let service = SSHService(port: Int(server.port), user: server.user, hostKeys: hostKeys ?? server.hostKeys)
        return Courier(
            outbox, to: client, by: try SFTPServer(service, controller: client.host, privateKey: keyFile),
            receiptKey: receiptKey.publicKey,
            description: .init(user: server.user, key: "AGENT", hostname: "here", version: "1"), logger: Logger([]),
            policy: policy, clock: clock)
    }

    /// The receipt that the controller gives for a bundle.
    func receipt(_ bundle: SealedBundle, by key: SigningKey? = nil) throws -> (status: Int, body: String) {
        let receipt = try Receipt.signed(
            agent: bundle.agent, project: bundle.project, run: bundle.announcement.run,
            manifest: bundle.announcement.manifest, by: key ?? receiptKey)
        return (202, String(decoding: try receipt.json(), as: UTF8.self))
    }

    func answer(_ answers: (status: Int, body: String)...) throws { try controller.answer("/auth/export", answers) }

    /// The names and sizes of what has been uploaded for a bundle.
    func uploaded(_ bundle: SealedBundle) throws -> [String: Int] {
        let directory = "\(home)/export/\(bundle.project)/\(bundle.announcement.run)"
        guard try Files.status(directory) != nil else { return [:] }
        var sizes: [String: Int] = [:]
        for name in try Files.list(directory) { sizes[name] = try Files.status("\(directory)/\(name)")?.size }
        return sizes
    }
}
