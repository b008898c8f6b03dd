import AzureDevOps
import Commands
import Configuration
import ControllerAPI
import ControllerClient
import Cryptography
import Delivery
import Enrolment
import Files
import Forges
import Gathering
import HTTP
import Lifecycle
import Logging
import Policy
import REST
import RemoteLogging
import Runs
import SFTP
import SourceSettings

/// Builds the agent's parts from its settings. The only place that knows their concrete types.
struct Composition: Sendable {
    let setup: AgentSetup
    /// What the client permits at most.
    let policy: Policy
    let logger: Logger
    /// The same without what goes to the controller.
    let localLogger: Logger
    let console: Console

    /// What goes to the controller's log; `nil` where `AGENT_LOGGING` does not ask for it.
    let remoteLog: RemoteLog?

    private let http: HTTPClient
    /// The way to HTTPS servers, for the programs that go there themselves.
    let proxy: HTTPProxy?
    /// For the sources that ask web APIs.
    let platforms: Platforms
    /// How often they were asked.
    let tally = RequestTally()
    private let overrides: [SettingOverride]
    private let style: LogStyle

    init(_ invocation: Invocation) throws {
        let isScraping = invocation.command.name == "scrape"
        try self.init(
            overrides: invocation.overrides, console: invocation.console,
            archive: isScraping ? invocation.value("archive") : nil,
            replay: isScraping ? invocation.value("replay") : nil)
    }

    /// - Parameters:
    ///   - overrides: what options say, the later ones winning.
    ///   - style: the form of log lines where `LOG_FORMAT` leaves it open.
    ///   - earlier: what it takes over from: its connections and the records that wait for the controller.
    ///   - archive: a directory that gets all answers of web APIs.
    ///   - replay: a directory whose answers take the place of those of web APIs.
    ///   - variables: what the controller wants for one run, as far as it may.
    init(
        overrides: [SettingOverride], console: Console, style: LogStyle = .auto, after earlier: Composition? = nil,
        archive: String? = nil, replay: String? = nil, controller variables: ControllerVariables? = nil
    ) throws {
        let environment = ProcessFacts.environment
        setup = try AgentSetup(environment: environment, overrides: overrides, controller: variables)
        policy = try Policy.load("\(setup.agent.home)/config")
        self.console = console
        self.overrides = overrides
        self.style = style
        let chosen = setup.agent.logStyle == .auto ? style : setup.agent.logStyle
        let writer = LogWriter(style: chosen, level: setup.agent.logLevel, environment: environment)
        if setup.agent.uploadsLog, setup.agent.controller != nil, let project = setup.agent.projects.first {
            remoteLog = earlier?.remoteLog ?? RemoteLog(project: project)
        } else {
            remoteLog = nil
        }
        logger = Logger([writer] + (remoteLog.map { [$0] } ?? []))
        localLogger = Logger([writer])
        let settings = setup.agent.settings
        proxy = try HTTPProxy(
            proxy: settings[AgentSettings.secureProxy]?.revealed, bypass: settings[AgentSettings.proxyBypass])
        if let earlier, Self.hasSameProxy(earlier.setup.agent.settings, settings) {
            http = earlier.http
        } else {
            http = try HTTPClient(HTTPClient.Configuration(userAgent: "gatherer/\(Version.current)", proxy: proxy))
        }
        var rest = RESTEnvironment(http: http.watched(by: policy.watch(tally)))
        if let archive {
            logger.warning(
                "all answers are kept as they come, personal values in the clear", ["archive.path": .text(archive)])
            rest.archive = try AnswerStore(archive)
        }
        if let replay { rest.replay = try AnswerStore(replay) }
        let fields = try Self.workItemFields(below: setup.agent.home)
        for name in earlier == nil ? fields?.unknownTargets ?? [] : [] {
            logger.warning("the table of work items has no such member", ["field.name": .text(name)])
        }
        platforms = Platforms(rest, share: settings[AgentSettings.rateLimitShare], fields: fields)
        guard earlier == nil else { return }
        for warning in setup.warnings {
            logger.warning("a setting is worth a second look", ["setting.warning": .text(warning)])
        }
    }

    /// The same for one run, with what the controller wants for it and may want.
    func granting(_ variables: ControllerVariables) throws -> Composition {
        try Composition(overrides: overrides, console: console, style: style, after: self, controller: variables)
    }

    /// What `vsts_fields.json` says, where somebody has put one.
    static func workItemFields(below home: String) throws -> WorkItemFields? {
        for path in ["\(home)/config/vsts_fields.json", "\(home)/vsts_fields.json"] {
            guard try Files.status(path) != nil else { continue }
            do {
                return try WorkItemFields(json: Files.read(path))
            } catch is DecodingError {
                throw ConfigurationError([
                    .init(.badValue, path, "expected an object of objects with a known type, and field or fields")
                ])
            }
        }
        return nil
    }

    private static func hasSameProxy(_ one: Settings, _ other: Settings) -> Bool {
        one[AgentSettings.secureProxy]?.revealed == other[AgentSettings.secureProxy]?.revealed
            && one[AgentSettings.proxyBypass] == other[AgentSettings.proxyBypass]
    }

    var home: String { setup.agent.home }
    /// Where the agent keeps what is nobody else's business.
    var state: String { setup.agent.state }

    /// The projects named on the command line, else all that are configured.
    func projects(_ invocation: Invocation) throws -> [ProjectKey] {
        let named = try invocation.words("PROJECT").map { word in
            do {
                return try ProjectKey(word)
            } catch {
                throw invocation.usageError(.badValue, "\(error)")
            }
        }
        guard named.isEmpty else { return named }
        guard !setup.agent.projects.isEmpty else {
            throw invocation.usageError(.missingArgument, "no project is named, and JIRA_KEY has none")
        }
        return setup.agent.projects
    }

    /// What admits the agent once.
    var enrolmentSecret: String? { setup.agent.enrolmentSecret?.revealed }

    /// The key under which the controller knows this agent.
    func agentKey(for project: ProjectKey) throws -> AgentKey { try setup.agent.key ?? AgentKey(project.text) }

    func identity(for project: ProjectKey) throws -> AgentIdentity {
        let identity = try AgentIdentity(home: home, comment: "agent-\(agentKey(for: project))")
        if identity.isNew { logger.info("made the agent's key", ["key.path": .text(identity.path)]) }
        return identity
    }

    /// Asks the controller; `nil` where none is configured.
    func client(for project: ProjectKey) throws -> ControllerClient? {
        guard let controller = setup.agent.controller else { return nil }
        let agent = try agentKey(for: project)
        // One is made where there is none.
        _ = try identity(for: project)
        var client = try ControllerClient(
            controller.description, trust: controllerTrust(), agent: agent,
            currentKey: { [home] in try AgentIdentity(home: home, comment: "agent-\(agent)").key }, http: http,
            // Those of ours know both; before the first answer nobody knows which it is.
            paths: try secrets.answer(for: project)?.controller == nil ? .legacy : .current)
        client.lineage = { [lineage = LineageFile(state: state, agent: agent)] in try lineage.headers() }
        return client
    }

    func lineage(for project: ProjectKey) throws -> LineageFile {
        LineageFile(state: state, agent: try agentKey(for: project))
    }

    /// The certificate file that somebody gave, else the keys that the enrolment token pins.
    private func controllerTrust() throws -> HTTPRequest.Trust {
        if let certificate = setup.agent.controllerCertificate { return .certificate(file: certificate) }
        guard let known = setup.agent.knownController else { throw MissingCertificate() }
        return .publicKey(pins: known.pins.joined(separator: ";"))
    }

    /// The certificate is never guessed: an agent that trusts the system's would trust whoever is in the middle of its network.
    struct MissingCertificate: Failure {
        var exitCode: ExitCode { .usage }
        var description: String { "SSH_HTTPS_CERT names no certificate to trust for the controller" }
        var advice: String? {
            "Set ENROLMENT_TOKEN to what `controller enrol` prints, or copy the controller's certificate.pem and set "
                + "SSH_HTTPS_CERT to it."
        }
    }

    /// Sends what waits for the controller's log. That it cannot be sent is no reason to fail.
    func flushRemoteLog() async {
        guard let remoteLog, remoteLog.count > 0 else { return }
        do {
            try await remoteLog.flush { project in
                do {
                    guard let client = try client(for: project) else { return nil }
                    let details = try secrets.answer(for: project)?.controller
                    return (client, details?.offers(.logBatch) == true ? .batch : .single)
                } catch {
                    logger.debug("the log cannot be sent", ["error.text": .text("\(error)")])
                    return nil
                }
            }
        } catch {
            logger.debug("the log cannot be sent yet", ["error.text": .text("\(error)")])
        }
    }

    var journal: RunJournal { RunJournal(state: state) }

    var outboxConfiguration: Outbox.Configuration {
        Outbox.Configuration(
            database: "\(state)/agent.sqlite", directory: "\(state)/outbox", limit: setup.agent.outboxLimit.bytes)
    }

    var secrets: SecretsFiles { SecretsFiles(home: home, state: state) }

    func directories(of project: ProjectKey) -> Gatherer.Directories {
        Gatherer.Directories(
            export: exportDirectory(of: project), storage: "\(state)/project-git-repos/\(project)",
            workspace: "\(state)/gathering/\(project)")
    }

    func exportDirectory(of project: ProjectKey) -> String { "\(home)/export/\(project)" }

    func openOutbox() async throws -> Outbox { try await Outbox.open(outboxConfiguration) }

    func courier(for project: ProjectKey, _ outbox: Outbox, _ details: ControllerDetails) throws -> Courier {
        guard let client = try client(for: project) else { throw NoController() }
        let identity = try identity(for: project)
        let server = try server(details.ssh, client.host, identity)
        return Courier(
            outbox, to: client, by: server, receiptKey: details.receiptKey,
            description: .init(
                user: setup.agent.userName ?? details.ssh.user, key: try agentKey(for: project).text,
                hostname: ProcessFacts.hostName, version: "gatherer/\(Version.current)"),
            logger: logger)
    }

    struct NoController: Failure {
        var exitCode: ExitCode { .usage }
        var description: String { "SSH_HOST names no controller" }
        var advice: String? { "Set SSH_HOST to the controller's host, with :PORT unless it is 443." }
    }

    func path(_ path: String) -> String {
        path.hasPrefix("~/")
            ? "\(ProcessFacts.environment["HOME"] ?? home)/\(path.dropFirst(2))" : setup.agent.path(path)
    }
}
