import AgentAPI
import Commands
import Configuration
import ControllerAPI
import Cryptography
import Enrolment
import Files
import Lifecycle
import Policy
import Processes
import SourceSettings
import Timestamps

/// `agent doctor`: everything that an agent depends on, a line each.
enum Doctor {
    typealias Check = PreflightReport.Check

    static func run(_ invocation: Commands.Invocation) async throws -> ExitCode {
        let agent: Composition
        do {
            agent = try Composition(invocation)
        } catch is ConfigurationError, is PolicyError {
            var results = CheckResults(agent: nil)
            results.add(try settings(invocation), of: "agent")
            results.add([ProgramCheck.git], of: "agent")
            try results.show(invocation)
            return .usage
        }
        let projects = agent.setup.agent.projects
        let examination = Examination(agent: agent)
        var results = CheckResults(agent: agent.setup.agent.key?.text)
        let settings = try settings(invocation)
        results.add(settings, of: "agent")
        results.add(programs(agent, projects), of: "agent")
        results.add(privacy(agent, projects), of: "agent")
        results.add(await examination.machine(), of: "agent")
        results.add([network(agent)] + (try sealing(agent, projects)), of: "agent")
        let snapshot = await Reporting.snapshot(agent, try DaemonFile(state: agent.state).read())
        results.add(life(snapshot, agent.setup.agent), of: "agent")
        // Asking the controller needs a key, and a doctor makes none.
        let hasKey = try Files.status("\(agent.home)/.ssh/id_ed25519") != nil
        var isReached = false
        if hasKey, let first = projects.first {
            do {
                let found = try await examination.controller(first)
                results.add(found.checks, of: "agent")
                isReached = found.isReached && agent.setup.agent.controller != nil
            } catch let error as any Failure {
                results.add([.failed("controller", .configuration, "\(error)", error.advice)], of: "agent")
            }
        }
        var options = Preflight.Options()
        options.leavesNoTrace = true
        options.checksController = isReached
        options.checksSecrets = agent.setup.agent.controller != nil
        for project in projects {
            let client = isReached ? try agent.client(for: project) : nil
            let report = try await Preflight(options, home: agent.home, secrets: agent.secrets)
                .check(project, asking: client)
            results.add(report.checks, of: project.text)
            results.add(try await agent.admissionChecks(of: project), of: project.text)
            if let run = snapshot.projects.first(where: { $0.project == project.text }) {
                results.add([latest(run)], of: project.text)
            }
            if !invocation.has("no-sources") { results.add(await examination.sources(project), of: project.text) }
        }
        if let file = invocation.value("support") {
            try SupportFile(results, snapshot, agent.setup.agent.settings).write(to: file)
        }
        try results.show(invocation)
        return settings.contains { $0.state == .fail } ? .usage : results.code
    }

    // MARK: Settings and programs

    private static func check(_ fault: ConfigurationFault) -> Check {
        .failed(
            "configuration", .configuration, "\(fault)",
            "Correct it there; env.example explains each setting, `agent config show` tells where each comes from.")
    }

    private static func settings(_ invocation: Commands.Invocation) throws -> [Check] {
        let findings: (faults: [ConfigurationFault], warnings: [String], summary: String)
        do {
            findings = try Configuring.findings(ProcessFacts.environment, invocation.overrides)
        } catch let error as ConfigurationError {
            findings = (error.faults, [], "")
        }
        let checks =
            findings.faults.map(check)
            + findings.warnings.map {
                .warned("configuration", .attention, $0, "`agent config show` tells where each value comes from.")
            }
        return checks.isEmpty ? [.passed("configuration", findings.summary)] : checks
    }

    private static func programs(_ agent: Composition, _ projects: [ProjectKey]) -> [Check] {
        var subversion: String?
        var ssh: String?
        for project in projects {
            // What is wrong with the list is told by the settings' check.
            guard let list = try? agent.sourceList(of: project) else { continue }
            for definition in list.gatherable {
                guard let source = try? agent.setup.resolver.resolve(definition) else { continue }
                let name = "the source \(source.name)"
                if source.kind == .subversion { subversion = name }
                if source.transport == .ssh || source.connectionURL.hasPrefix("svn+ssh:") { ssh = name }
            }
        }
        return [
            ProgramCheck.git,
            ProgramCheck.optional("svn", "--version", package: "subversion", neededBy: subversion),
            ProgramCheck.optional("ssh", "-V", package: "openssh-client", neededBy: ssh),
        ]
    }

    // MARK: Owners and modes

    private static func privacy(_ agent: Composition, _ projects: [ProjectKey]) -> [Check] {
        let home = agent.home
        let account = Account.current?.number ?? 0
        var checks: [Check] = []
        let key = "\(home)/.ssh/id_ed25519"
        let paths =
            [
                ("directory", "\(home)/.ssh"), ("key", key), ("directory", "\(agent.state)/secrets"),
                ("directory", "\(agent.state)/outbox"), ("database", "\(agent.state)/agent.sqlite"),
            ] + projects.map { ("secrets", agent.secrets.path(of: $0)) }
        for (name, path) in paths {
            do throws(FileError) {
                guard let status = try Files.status(path) else { continue }
                checks.append(MachineChecks.privacy(name, path, status, account: account))
            } catch {
                checks.append(unreadable(name, error))
            }
        }
        do {
            if try Files.status(key) == nil {
                let isExpected = agent.setup.agent.controller == nil
                checks.append(
                    isExpected
                        ? .passed("key", "there is none, and no controller to know it")
                        : .failed("key", .secretsMissing, "there is no \(key)", "Run: agent register"))
            } else {
                _ = try Files.read(key)
                _ = try SigningKey.load(key)
            }
        } catch let error as FileError {
            checks.append(unreadable("key", error))
        } catch {
            checks.append(
                .failed(
                    "key", .secretsFormat, "\(error)",
                    "Restore \(key) from a backup, or remove it and run `agent register` with a new token."))
        }
        return checks
    }

    private static func unreadable(_ name: String, _ error: FileError) -> Check {
        .failed(
            name, .fileAccess, "\(error)",
            "Run the agent as the account that owns it: 'ls -ld' shows who that is.")
    }

    // MARK: Network and certificates

    private static func network(_ agent: Composition) -> Check {
        let settings = agent.setup.agent.settings
        guard let proxy = settings[AgentSettings.secureProxy] else { return .passed("proxy", "none is set") }
        // What comes before the last @ is a login.
        let host = proxy.revealed.split(separator: "@").last.map(String.init) ?? ""
        let bypass = settings[AgentSettings.proxyBypass] ?? "no host"
        return .passed("proxy", "HTTPS goes through \(host), but to \(bypass)")
    }

    /// The controller's own certificate, as it came with the registration.
    private static func sealing(_ agent: Composition, _ projects: [ProjectKey]) throws -> [Check] {
        for project in projects {
            // What is wrong with the file is told by the secrets' check.
            guard let details = try? agent.secrets.answer(for: project)?.controller else { continue }
            return [
                MachineChecks.certificate(
                    "controller's certificate", "the certificate that bundles are sealed for",
                    details.sealingCertificate, now: .now,
                    "Have the controller's operator renew it, then run: agent register")
            ]
        }
        return []
    }

    // MARK: What it has done

    private static func life(_ snapshot: AgentSnapshot, _ settings: AgentConfiguration) -> [Check] {
        var checks: [Check] = []
        if let daemon = snapshot.daemon {
            if let problem = daemon.problem {
                checks.append(.failed("daemon", .attention, problem.text, problem.advice))
            } else {
                let plan = daemon.plans.first.map { ", next at \($0.next)" } ?? ""
                checks.append(.passed("daemon", "process \(daemon.process) since \(daemon.started)\(plan)"))
            }
        } else if settings.period != nil, !settings.isJenkinsJob {
            checks.append(
                .warned(
                    "daemon", .attention, "CRON_PERIOD is set and no daemon runs",
                    "Start it: `agent daemon`, the container, or the service of the package."))
        } else {
            checks.append(.passed("daemon", "none runs"))
        }
        if let problem = snapshot.problem { checks.append(.failed("state", .fileAccess, problem.text, problem.advice)) }
        if let problem = snapshot.outbox?.problem {
            checks.append(
                .warned(
                    "delivery", .attention, "the last attempt failed: \(problem)",
                    "What waits is kept and sent again; see the lines about the controller."))
        }
        return checks
    }

    private static func latest(_ project: AgentSnapshot.Project) -> Check {
        guard let run = project.last else {
            return .warned("last run", .attention, "never gathered", "Run: agent run \(project.project)")
        }
        let text = "\(run.outcome) at \(run.started), \(run.rows) rows"
        switch run.outcome {
        case "complete", "not-now", "running": return .passed("last run", text)
        default:
            return .warned(
                "last run", .attention, "\(text): \(run.problem ?? "no reason is known")",
                run.advice ?? "See export/\(project.project)/scrape.log.")
        }
    }
}
