import Commands
import Configuration
import ControllerAPI
import Enrolment
import Lifecycle
import Logging
import Runs
import SourceSettings

/// `agent run`, and the agent as a Jenkins job.
enum Running {
    static func run(_ invocation: Invocation, _ shutdown: Shutdown) async throws -> ExitCode {
        let (agent, options) = try PreflightArguments.compose(invocation, own: Checking.options(invocation))
        let projects = try agent.projects(invocation)
        let code = try await Round(agent: agent, cause: .command, options: options, shutdown: shutdown).run(projects)
        await agent.flushRemoteLog()
        return code
    }

    /// Gathers every project of `JIRA_KEY` once, as a job of Jenkins: with lines for people, who read the build's log.
    static func runJenkinsJob(_ invocation: Invocation, _ shutdown: Shutdown) async throws -> ExitCode {
        let (agent, options) = try PreflightArguments.compose(invocation, style: .human)
        let projects = agent.setup.agent.projects
        guard !projects.isEmpty else { throw NoProject() }
        try agent.console.print("gathering \(projects.map(\.text).joined(separator: ", "))")
        let code = try await Round(agent: agent, cause: .jenkins, options: options, shutdown: shutdown).run(projects)
        await agent.flushRemoteLog()
        try agent.console.print("ended with status \(code.rawValue): \(code.meaning)")
        return code
    }

    struct NoProject: Failure {
        var exitCode: ExitCode { .usage }
        var description: String { "JIRA_KEY names no project, so there is nothing to gather" }
        var advice: String? { "Set JIRA_KEY to the keys of the projects, as the controller has enrolled them." }
    }
}
