import Commands
import Synchronization

/// A small program in the manner of ours; handlers note what they were given.
final class Sample: Sendable {
    struct Run: Equatable {
        var path = ""
        var flags: [String] = []
        var values: [String: [String]] = [:]
        var words: [String: [String]] = [:]
        var overrides: [SettingOverride] = []
    }

    private let state = Mutex<(runs: [Run], output: String, errors: String)>(([], "", ""))

    var runs: [Run] { state.withLock { $0.runs } }
    var output: String { state.withLock { $0.output } }
    var errors: String { state.withLock { $0.errors } }

    func run(_ words: String...) async -> ExitCode { await run(words) }

    func run(_ words: [String]) async -> ExitCode {
        await root.run(
            words,
            console: Console(
                output: { text in self.state.withLock { $0.output += text } },
                error: { text in self.state.withLock { $0.errors += text } }))
    }

    var root: Command {
        Command(
            "agent",
            abstract: "gather data about how software is made",
            discussion: "Without a command it gathers as the environment says.\n\nSee the manual.",
            options: [.flag("version", help: "show the version")],
            sharedOptions: [
                .value(
                    "log", named: "LEVEL", accepting: .choice(["DEBUG", "INFO"]), help: "what to log", fallback: "INFO",
                    setting: "LOG_LEVEL")
            ],
            subcommands: [scrape, exec, agents],
            handler: note)
    }

    private var scrape: Command {
        Command(
            "scrape",
            abstract: "gather one project into the export directory",
            arguments: [
                .init("PROJECT", help: "the project's key"), .init("MORE", .optional, help: "another"),
            ],
            options: [
                .values(
                    "only", letter: "o", named: "STEP", accepting: .choice(["vcs", "jira"]), help: "only this step"),
                .value("ssh", named: "HOST", help: "the controller", setting: "SSH_HOST"),
                .value("limit", letter: "n", named: "COUNT", accepting: .integer(1...9), help: "at most this many"),
                .flag("dry-run", letter: "d", help: "change nothing"),
                .flag("verbose", letter: "v", help: "say more"),
            ],
            examples: [.init("agent scrape DEMO --only vcs", "Gathers what version control knows about DEMO.")],
            exitCodes: [.success, .notNow],
            handler: note)
    }

    private var exec: Command {
        Command(
            "exec", abstract: "run a command", arguments: [.init("WORD", .several, help: "the command")], handler: note)
    }

    private var agents: Command {
        Command(
            "agents", abstract: "administer agents",
            subcommands: [
                Command(
                    "approve", abstract: "accept an agent", arguments: [.init("KEY", help: "its key")], handler: note),
                Command("fail", abstract: "fail", handler: { _ in throw Trouble() }),
            ])
    }

    struct Trouble: Failure {
        var description: String { "the weather is bad" }
        var advice: String? { "Wait for the sun." }
        var exitCode: ExitCode { .tryLater }
    }

    private func note(_ invocation: Invocation) -> ExitCode {
        var run = Run(path: invocation.path)
        for option in invocation.command.options + invocation.chain.flatMap(\.sharedOptions) {
            switch option.form {
            case .flag: if invocation.has(option.name) { run.flags.append(option.name) }
            case .value: if let value = invocation.value(option.name) { run.values[option.name] = [value] }
            case .values: run.values[option.name] = invocation.values(option.name)
            }
        }
        for argument in invocation.command.arguments { run.words[argument.name] = invocation.words(argument.name) }
        run.overrides = invocation.overrides
        state.withLock { $0.runs.append(run) }
        return .success
    }
}
