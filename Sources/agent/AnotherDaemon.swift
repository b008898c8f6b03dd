import Commands

/// A daemon of the same agent runs already.
struct AnotherDaemon: Failure {
    let state: String
    var exitCode: ExitCode { .failure }
    var description: String { "another daemon of this agent runs already, with \(state)" }
    var advice: String? { "'agent status' shows it. A second agent needs an AGENT_HOME of its own." }
}
