/// A parsed command line: which command, and what was given to it.
package struct Invocation: Sendable {
    /// From the program down to the command, e.g. `agent`, `scrape`.
    package let chain: [Command]
    package let console: Console
    /// Values by option name, in the order given; a flag has as many empty values as it was given times.
    let optionValues: [String: [String]]
    let argumentValues: [String: [String]]

    package var command: Command { chain[chain.count - 1] }

    /// As typed: `agent scrape`.
    package var path: String { chain.map(\.name).joined(separator: " ") }

    package func has(_ flag: String) -> Bool {
        precondition(option(flag).form == .flag, "--\(flag) takes a value")
        return optionValues[flag] != nil
    }

    /// The value of an option that is given once at most.
    package func value(_ option: String) -> String? {
        guard case .value = self.option(option).form else { preconditionFailure("--\(option) has not one value") }
        return optionValues[option]?.first
    }

    /// The values of an option that may be given several times.
    package func values(_ option: String) -> [String] {
        guard case .values = self.option(option).form else { preconditionFailure("--\(option) has not many values") }
        return optionValues[option] ?? []
    }

    /// The words given for an argument; none, one or several as it is declared.
    package func words(_ argument: String) -> [String] {
        precondition(command.arguments.contains { $0.name == argument }, "\(argument) is not declared")
        return argumentValues[argument] ?? []
    }

    /// The word given for an argument that takes one.
    package func word(_ argument: String) -> String? { words(argument).first }

    /// The settings that options took the place of.
    package var overrides: [SettingOverride] {
        options.compactMap { option in
            guard let setting = option.setting, let value = optionValues[option.name]?.first else { return nil }
            return SettingOverride(setting: setting, value: value, option: "--\(option.name)")
        }
    }

    /// A usage error of this command, for what only its handler can judge.
    package func usageError(_ code: UsageError.Code, _ message: String) -> UsageError {
        UsageError(code, message, command: path)
    }

    /// All options that the command takes.
    private var options: [Command.Option] { command.options + chain.flatMap(\.sharedOptions) }

    private func option(_ name: String) -> Command.Option {
        guard let option = options.first(where: { $0.name == name }) else {
            preconditionFailure("--\(name) is not declared for \(path)")
        }
        return option
    }
}

/// A setting's value that came from the command line.
package struct SettingOverride: Sendable, Equatable {
    package let setting: String
    package let value: String
    /// As typed, e.g. `--ssh`.
    package let option: String

    package init(setting: String, value: String, option: String) {
        self.setting = setting
        self.value = value
        self.option = option
    }
}
