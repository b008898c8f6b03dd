import Commands
import Configuration
import Enrolment
import Logging
import SourceSettings

/// What `PREFLIGHT_ARGS` adds to every gathering, whole and in all modes.
enum PreflightArguments {
    /// An agent with its preflight options: those of the setting and those of the command line together.
    static func compose(
        _ invocation: Invocation, own: Preflight.Options = .init(), style: LogStyle = .auto
    ) throws -> (Composition, Preflight.Options) {
        try compose(overrides: invocation.overrides, console: invocation.console, own: own, style: style)
    }

    static func compose(
        overrides: [SettingOverride], console: Console, own: Preflight.Options = .init(), style: LogStyle = .auto,
        after earlier: Composition? = nil
    ) throws -> (Composition, Preflight.Options) {
        let agent = try Composition(overrides: overrides, console: console, style: style, after: earlier)
        let words = agent.setup.agent.preflightArguments
        guard !words.isEmpty else { return (agent, own) }
        let given = try AgentCommand.preflightArguments.parse(words, console: console)
        var options = Checking.options(given)
        options.secretsPath = own.secretsPath ?? options.secretsPath
        options.checksSecrets = options.checksSecrets && own.checksSecrets
        options.checksController = options.checksController && own.checksController
        options.ignoresProblems = options.ignoresProblems || own.ignoresProblems
        options.ignoresSchedule = own.ignoresSchedule
        options.trigger = own.trigger
        guard !given.overrides.isEmpty else { return (agent, options) }
        // Options of the command line come later and win.
        return (
            try Composition(overrides: given.overrides + overrides, console: console, style: style, after: agent),
            options
        )
    }
}
