import Commands
import Configuration
import Lifecycle
import Processes

/// `agent exec`: a command, or a shell, that finds the agent's directories where this agent has them.
enum Executing {
    static func run(_ invocation: Commands.Invocation) async throws -> ExitCode {
        var environment = ProcessFacts.environment
        let configuration = try AgentConfiguration(
            AgentConfiguration.sources(environment: environment, overrides: invocation.overrides))
        environment[AgentSettings.home.name] = configuration.home
        environment[AgentSettings.state.name] = configuration.state
        // Git and Subversion look there for what belongs to the account; it may have no directory of its own.
        environment["HOME"] = environment["HOME"].flatMap { $0 == "/" || $0.isEmpty ? nil : $0 } ?? configuration.home
        var words = invocation.words("WORD")
        if words.isEmpty { words = [environment["SHELL"] ?? "/bin/sh"] }
        let program = try Program.find(words[0], in: environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")
        let reason = Replacement.execute(
            program.path, Array(words.dropFirst()), environment: environment, directory: configuration.home)
        throw NotExecuted(program: words[0], reason: reason)
    }

    struct NotExecuted: Failure {
        let program: String
        let reason: String
        var exitCode: ExitCode { .failure }
        var advice: String? { nil }
        var description: String { "cannot execute \(program): \(reason)" }
    }
}
