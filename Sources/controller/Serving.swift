import Commands
import Configuration
import Lifecycle
import Logging
import Receiving

/// The running controller: HTTPS server, SSH server and importer, until the shutdown.
enum Serving {
    static func run(_ invocation: Invocation, _ shutdown: Shutdown) async throws -> ExitCode {
        let environment = ProcessFacts.environment
        let configuration = try ControllerConfiguration(environment: environment, overrides: invocation.overrides)
        let logger = Logger([
            LogWriter(style: configuration.logStyle, level: configuration.logLevel, environment: environment)
        ])
        let state = ControllerState(configuration)
        try state.requireReady()
        let lock = try StateLock(state)
        defer { withExtendedLifetime(lock) {} }
        let controller = try await Composition(configuration, logger: logger)
        try await controller.run(until: shutdown)
        return .success
    }

    static func receive(_ invocation: Invocation) async throws -> ExitCode {
        let environment = ProcessFacts.environment
        let configuration = try ControllerConfiguration(environment: environment, overrides: invocation.overrides)
        guard let agent = invocation.value("agent") else {
            throw invocation.usageError(.missingValue, "the agent is missing: --agent KEY")
        }
        var terms = ReceiveSession.Terms()
        if let quota = invocation.value("quota").flatMap({ Int($0) }) { terms.quota = quota }
        terms.isLegacy = invocation.has("legacy")
        try ReceiveSession.run(
            state: configuration.home, agent: agent, originalCommand: environment["SSH_ORIGINAL_COMMAND"], terms: terms)
    }
}
