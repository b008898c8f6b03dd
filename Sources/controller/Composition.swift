import Blocking
import Commands
import Configuration
import ControllerAPI
import Cryptography
import Database
import Endpoints
import Files
import Fleet
import HTTPServer
import Lifecycle
import Logging
import Receiving
import Reception
import Timestamps

/// Builds the running controller's parts from its settings. The only place that knows their concrete types.
struct Composition: Sendable {
    private let configuration: ControllerConfiguration
    private let logger: Logger
    private let fleet: Fleet
    private let reception: Reception
    private let importer: Importer
    private let endpoints: Endpoints
    private let receiving: ReceivingServer
    private let security: WebServer.Security
    private let keys: LoginKeys
    /// Whether other controllers work with the same store.
    private let isShared: Bool
    private let bundles = Wakening()
    private let triggers = TriggerBoard()
    private let trackers: OfferedTrackers
    private let sinks: SinkService

    init(_ configuration: ControllerConfiguration, logger: Logger) async throws {
        self.configuration = configuration
        self.logger = logger
        let state = ControllerState(configuration)
        isShared = state.store.isShared
        try state.requireReady()
        let certificate = try state.certificate()
        let key = try state.certificateKey()
        let receiptKey = try state.receiptKey()
        let spool = Spool(state: state.directory)
        let fleet = try state.openFleet()
        self.fleet = fleet
        let secured = try await fleet.secureSalts()
        if secured > 0 { logger.info("salts encrypted", ["salts.count": .integer(secured)]) }
        reception = try Reception(
            state.store, spool: spool, opener: state.opener(), receiptKey: receiptKey,
            logger: logger)
        sinks = try SinkService(configuration, state, logger: logger)
        importer = try Importer(state.store, spool: spool, logger: logger)
        let reader = try state.openReader(of: fleet)
        let keys = try LoginKeys(
            fleet: reader, state: state.directory, quota: configuration.agentQuota.bytes)
        self.keys = keys
        let hostKey = try keys.prepare()
        try await keys.renew()
        let details = ControllerDetails(
            sealingCertificate: certificate, receiptKey: receiptKey.publicKey,
            ssh: SSHService(
                port: configuration.sshPort, user: ProcessFacts.accountName ?? "controller",
                hostKeys: [hostKey.openSSH()]),
            features: ControllerDetails.Feature.allCases.map(\.rawValue))
        let uploads = try ReceivingState(state.directory)
        var services = Endpoints.Services(
            fleet: fleet, reception: reception, replays: ReplayGuard(), triggers: triggers,
            logs: AgentLogs(state: state.directory), details: details, policy: Policy(configuration))
        services.reader = reader
        let trackers = OfferedTrackers(fleet: reader, spool: spool)
        self.trackers = trackers
        let health = Health(
            fleet: fleet, spool: spool,
            server: (ServerGreeting.loopback(for: configuration.listener.host), configuration.sshPort),
            reserve: configuration.spoolReserve.bytes)
        if let path = configuration.agentEnvironment {
            // What agents would refuse is told here, where it can be mended.
            _ = try AgentEnvironment(path).text()
            services.environment = { try await blocking { _ in try AgentEnvironment(path).text() } }
        }
        services.nextCertificates = {
            try await blocking { _ in try state.nextCertificate().map { [$0] } ?? [] }
        }
        services.health = { await health.parts() }
        services.processFigures = Self.processFigures(since: .now)
        services.offerTrackers = { agent, project in try await trackers.offer(project, to: agent) }
        services.operators = try state.openFleet()
        services.runs = { project, limit in
            try await blocking { _ in try RunList(state.store, project: project, limit: limit).runs }
        }
        services.quarantine = {
            try await blocking { _ in
                try Purge(state.store, spool: spool, .init([.quarantine], before: .now + .seconds(1))).find()
            }
        }
        services.keysChanged = { try await keys.update() }
        services.bundleReceived = { [bundles] in bundles.wake() }
        services.usage = { agent in try await blocking { _ in try uploads.usage(of: agent) } }
        services.prepareUploads = { agent, project in
            let trackers = try await reader.trackers(of: project)
            try await blocking { _ in try uploads.offer(trackers, of: project, to: agent) }
        }
        services.legacyDelivered = { [reception, bundles] agent, project, trackers in
            guard try await reception.receiveUnsigned(of: project, from: agent, trackers: trackers) != nil else {
                return
            }
            try await blocking { _ in try uploads.makeProject(project, of: agent) }
            bundles.wake()
        }
        endpoints = Endpoints(services, logger: logger)
        receiving = ReceivingServer(
            .init(address: configuration.listener.host, port: configuration.sshPort),
            state: try ReceivingState(state.directory),
            logger: logger)
        security = .tls(certificate: certificate.pem, key: try key.pem())
    }

    private static func processFigures(
        since start: Timestamp
    ) -> @Sendable () async -> [(name: String, help: String, value: Double)] {
        {
            [
                ("process_start_time_seconds", "When the process started", Double(start.seconds)),
                (
                    "process_peak_resident_memory_bytes", "The most resident memory so far",
                    Double(ProcessFacts.peakResidentBytes)
                ),
            ]
        }
    }

    /// Serves until the shutdown is requested.
    func run(until shutdown: Shutdown) async throws {
        let openFiles = ProcessFacts.raiseOpenFileLimit(to: 16384)
        try await reception.recover(keysOf: { [fleet] agent in try await fleet.sealingKeys(of: agent) })
        var web = WebServer.Configuration(security)
        // Agents that wait for triggers keep a connection each, and many may share one address.
        web.limits.connections = max(64, min(8192, openFiles - Self.reservedFiles))
        web.limits.connectionsPerPeer = web.limits.connections / 2
        let server = try WebServer.listen(
            host: configuration.listener.host, port: UInt16(clamping: configuration.listener.port ?? 8443),
            web, { [endpoints] request in await endpoints.answer(request) })
        logger.info(
            "answering agents", ["https.address": .text(server.address), "https.port": .integer(Int(server.port))])
        try ControllerState(configuration).noteServedPort(Int(server.port))
        let manager = ServiceManager(environment: ProcessFacts.environment)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await Self.keepAlive(manager) }
            group.addTask {
                try await receiving.run(onListening: { [logger, configuration] in
                    manager.ready()
                    logger.info("receiving uploads", ["ssh.port": .integer(configuration.sshPort)])
                })
            }
            group.addTask { try await importAll() }
            if isShared { group.addTask { try await followOthers() } }
            group.addTask { [triggers, fleet, logger] in await triggers.run(fleet, logger: logger) }
            if configuration.retentionDays > 0 {
                group.addTask { [configuration, logger] in try await Purging.keepTidy(configuration, logger) }
            }
            if !sinks.isEmpty { group.addTask { [sinks] in await sinks.run() } }
            if configuration.mail != nil {
                group.addTask { [mail = OverdueMail(fleet, configuration, logger)] in await mail.watch() }
            }
            group.addTask { await shutdown.requested() }
            // The first to end is the shutdown, or a part that failed.
            let first = await group.nextResult()
            manager.stopping()
            triggers.close()
            await server.stop(within: .seconds(5))
            group.cancelAll()
            while let result = await group.nextResult() { try Self.check(result) }
            if let first { try Self.check(first) }
        }
        logger.info("the controller ends")
    }

    /// Descriptors for everything but connections: database, spool, SSH server, the files of imports.
    private static let reservedFiles = 256

    /// Imports what waits, then what comes.
    private func importAll() async throws {
        while !Task.isCancelled {
            do {
                while let outcome = try await importer.importNext() {
                    if outcome.isImported {
                        sinks.wake()
                        await offerTrackers(of: outcome.project)
                    }
                    try Task.checkCancellation()
                }
            } catch is CancellationError {
                return
            } catch {
                // The bundle waits as it did: a full disk, a database that is away.
                logger.error("import interrupted; it is tried again", ["error": .text("\(error)")])
                try await ContinuousClock().sleep(for: Self.pause)
                continue
            }
            await bundles.wait()
        }
    }

    /// The rows are in the store; that trackers could not be laid out is made up for when the agent registers.
    private func offerTrackers(of project: ProjectKey) async {
        do {
            try await trackers.offer(project)
            logger.debug("update trackers laid out", ["project.key": .text(project.text)])
        } catch {
            logger.warning(
                "update trackers could not be laid out",
                ["project.key": .text(project.text), "error": .text("\(error)")])
        }
    }

    /// How long an import rests after a fault of the controller, and how often one of several controllers looks for what
    /// the others received.
    private static let pause = Duration.seconds(5)

    /// What other controllers do with the same store concerns this one too: the bundles that one received before it
    /// ended, and the keys of agents that enrolled there.
    private func followOthers() async throws {
        while !Task.isCancelled {
            try await ContinuousClock().sleep(for: Self.pause)
            bundles.wake()
            sinks.wake()
            do {
                try await keys.update()
            } catch {
                logger.warning("the list of login keys could not be renewed", ["error": .text("\(error)")])
            }
        }
    }

    /// Tells the service manager that the program goes on, twice as often as it wants to hear it, until it is cancelled.
    private static func keepAlive(_ manager: ServiceManager) async {
        // Where nobody watches there is nothing to say, but the task must not be the first to end.
        let period = manager.watchdog ?? .seconds(3600)
        while !Task.isCancelled {
            manager.alive()
            do { try await ContinuousClock().sleep(for: period / 2) } catch { return }
        }
    }

    /// That a part was told to end is no failure.
    private static func check(_ result: Result<Void, any Error>) throws {
        if case .failure(let error) = result, !(error is CancellationError) { throw error }
    }
}

extension Policy {
    init(_ configuration: ControllerConfiguration) {
        self.init()
        legacyAgents =
            switch configuration.legacyAgents {
            case .deny: .deny
            case .enrolledOnly: .enrolledOnly
            case .allow: .allow
            }
        trustedProxies = configuration.trustedProxies
        defaultNetworks = configuration.defaultNetworks
        operatorNetworks = configuration.operatorNetworks
        overdueDays = configuration.overdueDays
        schedule = Schedule(days: configuration.scheduleDays, driftMinutes: configuration.scheduleDriftMinutes)
        quota = configuration.agentQuota.bytes
        metricsToken = configuration.metricsToken?.revealed
        version = Version.current
    }
}
