import Commands
import Configuration
import ControllerAPI
import ControllerClient
import Enrolment
import SourceSettings

/// `agent preflight`, and the checks before each gathering.
enum Checking {
    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let agent = try Composition(invocation)
        var results = CheckResults(agent: agent.setup.agent.key?.text)
        if agent.setup.agent.projects.isEmpty, invocation.words("PROJECT").isEmpty {
            results.add(MachineCheck.checks(agent), of: "agent")
            try results.show(invocation)
            return results.code
        }
        let projects = try agent.projects(invocation)
        let options = options(invocation)
        let examination = Examination(agent: agent)
        results.add(await examination.machine(), of: "agent")
        var isReached = true
        if options.checksController, let first = projects.first {
            let found = try await examination.controller(first)
            results.add(found.checks, of: "agent")
            isReached = found.isReached
        }
        for project in projects {
            let report = try await check(project, options, agent, isReached: isReached)
            results.add(report.checks, of: project.text)
            results.add(try await agent.admissionChecks(of: project), of: project.text)
            if !invocation.has("no-sources") { results.add(await examination.sources(project), of: project.text) }
        }
        try results.show(invocation)
        return options.ignoresProblems ? .success : results.code
    }

    static func options(_ invocation: Invocation) -> Preflight.Options {
        var options = Preflight.Options()
        options.checksController = !invocation.has("no-ssh")
        options.checksSecrets = !invocation.has("no-secrets")
        options.secretsPath = invocation.value("secrets")
        options.ignoresProblems = invocation.has("skip")
        return options
    }

    /// The checks that a gathering needs; what the machine has to say counts where it is not well.
    static func checkAll(_ project: ProjectKey, _ options: Preflight.Options, _ agent: Composition) async throws
        -> PreflightReport
    {
        let machine = await Examination(agent: agent).machine().filter { $0.state != .ok }
        return try await check(project, options, agent, after: machine)
    }

    private static func check(
        _ project: ProjectKey, _ options: Preflight.Options, _ agent: Composition,
        after others: [PreflightReport.Check] = [], isReached: Bool = true
    ) async throws -> PreflightReport {
        let client = options.checksController ? try agent.client(for: project) : nil
        return try await Preflight(options, home: agent.home, secrets: agent.secrets)
            .check(project, asking: client, after: others, isReached: isReached || client == nil)
    }

    static func print(_ report: PreflightReport, _ console: Console) throws {
        for check in report.checks { try print(check, of: report.project.text, console) }
        if report.checks.isEmpty { try console.print("\(report.project) ok   nothing to check") }
    }

    static func print(_ check: PreflightReport.Check, of subject: String, _ console: Console) throws {
        let word =
            switch check.state {
            case .ok: "ok  "
            case .warn: "warn"
            case .notNow: "wait"
            case .fail: "FAIL"
            }
        try console.print("\(subject) \(word) \(check.name): \(check.message)")
        if let problem = check.finding { try console.print("     problem: \(problem)") }
        if let advice = check.advice { try console.print("     mend: \(advice)") }
    }

    static func exitCode(of report: PreflightReport) -> ExitCode {
        report.clearance != nil ? .success : exitCode(of: report.problems)
    }

    /// Broken counts more than what passes by itself, that more than that it is not the time.
    static func exitCode(of problems: [PreflightReport.Problem]) -> ExitCode {
        let codes = problems.map { problem -> ExitCode in
            problem.isNotNow ? .notNow : problem.isPassing ? .tryLater : .failure
        }
        return codes.reduce(.success, worse)
    }

    /// The code of several results together: a failure counts more than another day, that more than waiting.
    static func worse(_ first: ExitCode, _ second: ExitCode) -> ExitCode {
        let order: [ExitCode] = [.failure, .usage, .tryLater, .notNow]
        return order.first { $0 == first || $0 == second } ?? .success
    }
}
