import AgentAPI
import Commands
import Configuration
import Files
import HTTPServer
import Lifecycle
import Logging
import Schedules
import SourceSettings

/// `agent daemon`, and `agent` without a command.
enum Daemon {
    /// The entry point of the container: a Jenkins job where Jenkins started it, else the daemon.
    static func runAsConfigured(_ invocation: Invocation, _ shutdown: Shutdown) async throws -> ExitCode {
        let agent = try Composition(invocation).setup.agent
        if agent.isJenkinsJob { return try await Running.runJenkinsJob(invocation, shutdown) }
        guard agent.period != nil || agent.bigBoatPeriod != nil || !agent.projects.isEmpty || agent.controller != nil
        else { throw NothingConfigured(home: agent.home) }
        return try await run(invocation, shutdown)
    }

    struct NothingConfigured: Failure {
        let home: String
        var exitCode: ExitCode { .usage }
        var description: String {
            "nothing is configured: there is no JIRA_KEY (projects), no SSH_HOST (controller) and no CRON_PERIOD (when)"
        }
        var advice: String? {
            "Set them in the environment or in \(home)/env, as env.example explains. 'agent --help' lists the commands; "
                + "'agent daemon' runs without settings and waits for them."
        }
    }

    static func run(_ invocation: Invocation, _ shutdown: Shutdown) async throws -> ExitCode {
        let (agent, _) = try PreflightArguments.compose(
            overrides: invocation.overrides, console: quiet(invocation.console))
        let file = DaemonFile(state: agent.state)
        let lock = try file.lock()
        defer { withExtendedLifetime(lock) {} }
        let daemon = DaemonProcess(agent, overrides: invocation.overrides, file: file, shutdown: shutdown)
        let server = try listen(daemon, agent)
        try await daemon.run()
        // Whoever asks now is told that it ends.
        await server.stop(within: .milliseconds(500))
        return .success
    }

    /// What makes the daemon end at its start.
    struct Unusable: Failure {
        let fault: Fault
        var exitCode: ExitCode { fault.exitCode }
        var description: String { fault.text }
        var advice: String? { fault.advice }
    }

    /// What a command would print is in the log, the journal and the status of a daemon.
    private static func quiet(_ console: Console) -> Console {
        Console(columns: console.columns, output: { _ in }, error: { _ in })
    }

    private static func listen(_ daemon: DaemonProcess, _ agent: Composition) throws -> WebServer {
        let settings = agent.setup.agent
        let access = Access(listener: settings.listener, host: settings.host, token: settings.token)
        let api = AgentAPI(
            daemon, access: access, version: Version.current, logger: agent.logger,
            residentBytes: residentBytes)
        var configuration = WebServer.Configuration(.plain)
        configuration.threads = 1
        configuration.limits.bodyBytes = 64 << 10
        configuration.limits.connections = 64
        configuration.limits.connectionsPerPeer = 32
        if access.isExposed, settings.token == nil {
            agent.logger.warning(
                "the web API can be reached from other machines and has no token: it tells them next to nothing",
                ["setting.name": "AGENT_TOKEN"])
        }
        do throws(HTTPServerError) {
            return try WebServer.listen(
                host: settings.listener.host, port: UInt16(settings.listener.port ?? 7070), configuration
            ) { await api.handle($0) }
        } catch {
            throw NotListening(error: error)
        }
    }

    /// From `/proc`, where the second number of `statm` counts pages (proc(5)).
    @Sendable private static func residentBytes() -> Int? {
        do throws(FileError) {
            let numbers = String(decoding: try Files.read("/proc/self/statm"), as: UTF8.self).split(separator: " ")
            return numbers.count > 1 ? Int(numbers[1]).map { $0 * ProcessFacts.pageSize } : nil
        } catch {
            return nil
        }
    }

    struct NotListening: Failure {
        let error: HTTPServerError
        var exitCode: ExitCode { error.code == .badAddress ? .usage : .failure }
        var description: String { "the web API \(error)" }
        var advice: String? {
            switch error.code {
            case .badAddress, .addressNotHere: "Let AGENT_LISTEN be an IP address of this machine."
            case .addressInUse: "End the other program, or set AGENT_PORT to another port."
            case .notPermitted: "Ports below 1024 need a privilege: set AGENT_PORT to another one."
            case .badCertificate, .unusable: nil
            }
        }
    }
}
