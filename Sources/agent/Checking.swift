import Commands
import Configuration
import ControllerAPI
import ControllerClient
import Enrolment
import SourceSettings

/// `agent preflight`
enum Checking {
    static func run(_ invocation: Invocation) async throws -> ExitCode {
        let agent = try Composition(invocation)
        if agent.setup.agent.projects.isEmpty, invocation.words("PROJECT").isEmpty {
            return try MachineCheck.run(agent)
        }
        var code = ExitCode.success
        let options = options(invocation)
        for project in try agent.projects(invocation) {
            let report = try await check(project, options, agent)
            try print(report, agent.console)
            code = worse(code, exitCode(of: report))
            code = worse(code, try await agent.tellAdmission(of: project))
        }
        return code
    }

    static func options(_ invocation: Invocation) -> Preflight.Options {
        var options = Preflight.Options()
        options.checksController = !invocation.has("no-ssh")
        options.checksSecrets = !invocation.has("no-secrets")
        options.secretsPath = invocation.value("secrets")
        options.ignoresProblems = invocation.has("skip")
        return options
    }

    static func check(_ project: ProjectKey, _ options: Preflight.Options, _ agent: Composition) async throws
        -> PreflightReport
    {
        let client = options.checksController ? try agent.client(for: project) : nil
        return try await Preflight(options, home: agent.home, secrets: agent.secrets).check(project, asking: client)
    }

    static func print(_ report: PreflightReport, _ console: Console) throws {
        for check in report.checks {
            try console.print(
                "\(report.project) \(check.problem == nil ? "ok  " : "FAIL") \(check.name): \(check.message)")
            if let problem = check.problem { try console.print("     problem: \(problem)") }
            if let advice = check.advice { try console.print("     mend: \(advice)") }
        }
        if report.checks.isEmpty { try console.print("\(report.project) ok   nothing to check") }
    }

    static func exitCode(of report: PreflightReport) -> ExitCode {
        if report.clearance != nil { return .success }
        if report.isNotNow { return .notNow }
        return report.problems == [.controllerUnreachable] ? .tryLater : .failure
    }

    /// The code of several results together: a failure counts more than another day, that more than waiting.
    static func worse(_ first: ExitCode, _ second: ExitCode) -> ExitCode {
        let order: [ExitCode] = [.failure, .usage, .tryLater, .notNow]
        return order.first { $0 == first || $0 == second } ?? .success
    }
}
