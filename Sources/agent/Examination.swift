import Blocking
import Configuration
import ControllerAPI
import ControllerClient
import Cryptography
import Delivery
import Enrolment
import Files
import Gathering
import HTTP
import Lifecycle
import Policy
import Processes
import REST
import SFTP
import SourceSettings
import Timestamps

/// The checks of an agent beyond those that the older system makes: of its machine, of the way to its controller, and of
/// its sources. None of them throws for what it finds.
struct Examination: Sendable {
    typealias Check = PreflightReport.Check

    let agent: Composition

    /// How long a source may take to answer one question, a tenth of a minute for each end of a slow link and as much again.
    private static let patience = Duration.seconds(30)
    /// Sources that are asked at once.
    private static let parallelism = 8

    // MARK: This machine

    /// What can be said without asking anybody.
    func machine() async -> [Check] {
        let directories = (home: agent.home, state: agent.state)
        var checks = [
            MachineChecks.directory(
                "export", "\(directories.home)/export", permissions: 0o755,
                "Let the account that runs the agent write there: 'ls -ld' shows who may."),
            MachineChecks.directory(
                "state", directories.state, permissions: 0o700,
                "Let the account that runs the agent write there, or set AGENT_STATE to a directory where it may."),
        ]
        checks.append(await outbox())
        if let certificate = certificate() { checks.append(certificate) }
        return checks
    }

    func outbox() async -> Check {
        do {
            let entries = try await Outbox.entries(of: agent.outboxConfiguration)
            let waiting = entries.filter { $0.state == .waiting }
            return MachineChecks.outbox(
                waiting: waiting.reduce(0) { $0 + $1.size }, limit: agent.setup.agent.outboxLimit.bytes,
                damaged: entries.count { $0.state == .damaged })
        } catch {
            let fault = Fault(error)
            return .failed("outbox", .fileAccess, fault.text, fault.advice)
        }
    }

    /// The certificate file that somebody gave for the controller.
    private func certificate() -> Check? {
        guard agent.setup.agent.controller != nil, let path = agent.setup.agent.controllerCertificate else {
            return nil
        }
        let setting = AgentSettings.controllerCertificate.name
        do {
            let certificate = try Certificate(pem: String(decoding: Files.read(path), as: UTF8.self))
            return MachineChecks.certificate(
                "certificate", path, certificate, now: .now,
                "Get the controller's new certificate from its operator and put it into \(path) (\(setting)).")
        } catch let error as FileError {
            return .failed("certificate", .fileAccess, "\(error)", "Let \(setting) name a file this account can read.")
        } catch {
            return .failed(
                "certificate", .configuration, "\(path) holds no certificate: \(error)",
                "Put the controller's certificate.pem there (\(setting)).")
        }
    }

    // MARK: The controller

    /// The way to the controller, its clock, and its SSH server.
    ///
    /// - Returns: whether it can be asked at all.
    func controller(_ project: ProjectKey) async throws -> (checks: [Check], isReached: Bool) {
        guard let host = agent.setup.agent.controller, let client = try agent.client(for: project) else {
            return ([], true)
        }
        do throws(ControllerError) {
            let contact = try await client.contact(version: Version.current)
            var checks = ControllerChecks.reach(host.description, nil)
            checks.append(
                ControllerChecks.certificate(
                    host.description, endsAt: contact.certificateEnd, file: agent.setup.agent.controllerCertificate,
                    now: .now))
            checks.append(ControllerChecks.clock(contact.clockLead))
            checks.append(await secureShell(project, host.host))
            return (checks, true)
        } catch {
            if error.isCancellation { throw CancellationError() }
            return (ControllerChecks.reach(host.description, error), false)
        }
    }

    /// Logs in where bundles go.
    private func secureShell(_ project: ProjectKey, _ host: String) async -> Check {
        do {
            guard let details = try agent.secrets.answer(for: project)?.controller else {
                return .passed("ssh", "where to deliver to is not known before the registration")
            }
            if let refusal = agent.refusal(ofDeliveryTo: details.ssh) { return Self.check(refusal) }
            var server = try agent.server(details.ssh, host, agent.identity(for: project))
            server.connectTimeout = .seconds(10)
            server.stepTimeout = .seconds(20)
            let connection = try await SFTPConnection.connect(server)
            await connection.close()
            return .passed("ssh", "\(server.host):\(server.port) lets the agent in")
        } catch let error as SFTPError {
            return .failed("ssh", error.isPermanent ? .sshRefused : .sshUnreachable, "\(error)", error.advice)
        } catch {
            let fault = Fault(error)
            return .failed("ssh", .sshRefused, fault.text, fault.advice)
        }
    }

    // MARK: Sources

    /// One question to each source, with its login.
    func sources(_ project: ProjectKey) async -> [Check] {
        let selection: SourceSelection
        do {
            // What the client does not permit now is not asked; that is a check of its own.
            if try await agent.admission(of: project) != nil { return [] }
            selection = try agent.sources(of: project)
        } catch {
            let fault = Fault(error)
            return [.failed("sources", .configuration, fault.text, fault.advice)]
        }
        let sources = selection.sources
        guard !sources.isEmpty || !selection.refused.isEmpty else {
            return [
                .warned(
                    "sources", .attention, "the project has no source, so nothing of it is gathered",
                    "Set SOURCE_1_URL, or put data_sources.json into export/\(project).")
            ]
        }
        let storage = agent.directories(of: project).storage
        var found: [Int: Check] = [:]
        await withTaskGroup(of: (Int, Check).self) { group in
            for (index, source) in sources.enumerated() {
                if index >= Self.parallelism, let (number, check) = await group.next() { found[number] = check }
                group.addTask { (index, await Self.ask(source, storage)) }
            }
            for await (number, check) in group { found[number] = check }
        }
        return selection.refused.map(Self.check) + sources.indices.compactMap { found[$0] }
            + (await certificates(project))
    }

    /// The certificates that the web servers of a project's sources show, as far as somebody should look.
    private func certificates(_ project: ProjectKey) async -> [Check] {
        let servers: [SourceServer]
        do {
            servers = try agent.servers(of: project)
        } catch {
            return [.failed("sources", .configuration, Fault(error).text, Fault(error).advice)]
        }
        var found: [Int: Check] = [:]
        await withTaskGroup(of: (Int, Check?).self) { group in
            for (index, server) in servers.enumerated() {
                if index >= Self.parallelism, let (number, check) = await group.next() { found[number] = check }
                group.addTask { (index, await server.certificate()) }
            }
            for await (number, check) in group { found[number] = check }
        }
        return servers.indices.compactMap { found[$0] }
    }

    /// What the client does not permit is not asked.
    private static func check(_ refusal: Refusal) -> Check {
        .failed("policy", refusal.isNotNow ? .policyNotNow : .policyRefused, "\(refusal)", refusal.advice)
    }

    private static func ask(_ source: any Source, _ storage: String) async -> Check {
        let name = "source \(source.name)"
        do {
            let answer = try await within(patience) { try await source.reach(storage: storage) ?? "not asked" }
            return .passed(name, answer)
        } catch {
            let advice =
                switch error {
                case let error as SourceFault: error.advice
                case let error as RESTError: error.advice
                case let error as HTTPError: error.advice
                case let error as ProcessError: error.advice
                default: Fault(error).advice
                }
            return .failed(
                name, .sourceFailed, "\(error)",
                advice ?? "Check the source's address and login: `agent config show` tells where each is set.")
        }
    }

    /// Ends the work when it takes too long.
    static func within<Value: Sendable>(
        _ limit: Duration, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                throw SourceFault(
                    "no answer within \(limit.components.seconds) seconds",
                    advice: "See whether the server is overloaded, or a firewall swallows the connection.")
            }
            return value
        }
    }
}
