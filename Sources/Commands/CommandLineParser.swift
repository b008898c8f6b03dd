/// Follows the words of a command line through the declarations.
struct CommandLineParser {
    /// What the words ask for.
    enum Request {
        case run(Invocation)
        case help([Command])
    }

    private var chain: [Command]
    /// Option values as they came, by option name.
    private var given: [String: [String]] = [:]
    private var positionals: [String] = []
    private var onlyPositionals = false
    private var words: ArraySlice<String>

    private init(_ root: Command, _ words: [String]) {
        chain = [root]
        self.words = words[...]
    }

    static func parse(_ words: [String], for root: Command, console: Console) throws(UsageError) -> Request {
        var parser = CommandLineParser(root, words)
        return try parser.parse(console)
    }

    private var command: Command { chain[chain.count - 1] }
    private var path: String { chain.map(\.name).joined(separator: " ") }
    private var options: [Command.Option] { command.options + chain.flatMap(\.sharedOptions) }

    private mutating func parse(_ console: Console) throws(UsageError) -> Request {
        while let word = words.popFirst() {
            if onlyPositionals || word == "-" || !word.hasPrefix("-") {
                if try takePositional(word) == .help { return .help(chain) }
            } else if word == "--" {
                onlyPositionals = true
            } else if word == "--help" || word == "-h" {
                return .help(chain)
            } else if word.hasPrefix("--") {
                try takeLong(word.dropFirst(2))
            } else {
                try takeLetters(word.dropFirst())
            }
        }
        return try finish(console)
    }

    private enum Next { case goOn, help }

    private mutating func takePositional(_ word: String) throws(UsageError) -> Next {
        if !onlyPositionals, word == "help", positionals.isEmpty {
            // What follows names the command whose help is wanted.
            while let name = words.popFirst() {
                if !name.hasPrefix("-") { try descend(into: name) }
            }
            return .help
        }
        if command.subcommands.isEmpty { positionals.append(word) } else { try descend(into: word) }
        return .goOn
    }

    private mutating func descend(into name: String) throws(UsageError) {
        guard let subcommand = command.subcommands.first(where: { $0.name == name }) else {
            throw UsageError(
                .unknownCommand, "'\(path)' has no command '\(name.printable)'", command: path,
                suggestion: Spelling.nearest(to: name, among: command.subcommands.map(\.name)))
        }
        chain.append(subcommand)
    }

    private mutating func takeLong(_ text: Substring) throws(UsageError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count > 1 ? parts[1] : nil
        try take(find("--\(parts[0])"), spelled: "--\(parts[0])", attached: value)
    }

    /// `-v`, `-nVALUE`, `-n VALUE`, and flags together: `-vx`.
    private mutating func takeLetters(_ text: Substring) throws(UsageError) {
        var letters = text
        while let letter = letters.popFirst() {
            let option = try find("-\(letter)")
            guard option.form != .flag, !letters.isEmpty else {
                try take(option, spelled: "-\(letter)", attached: nil)
                continue
            }
            return try take(option, spelled: "-\(letter)", attached: String(letters))
        }
    }

    private func find(_ spelling: String) throws(UsageError) -> Command.Option {
        // An option of a command further up is refused at the end, when it is known that this is not its place.
        let known = chain.flatMap { $0.options + $0.sharedOptions }
        if let option = options.first(where: { $0.spellings.contains(spelling) }) { return option }
        if let option = known.first(where: { $0.spellings.contains(spelling) }) { return option }
        throw UsageError(
            .unknownOption, "'\(path)' has no option '\(spelling.printable)'", command: path,
            suggestion: Spelling.nearest(to: spelling, among: options.flatMap(\.spellings) + ["--help"]))
    }

    private mutating func take(
        _ option: Command.Option, spelled spelling: String, attached: String?
    ) throws(UsageError) {
        guard let valueName = option.valueName else {
            guard attached == nil else {
                throw UsageError(.unexpectedValue, "option '\(spelling)' is a flag and takes no value", command: path)
            }
            return given[option.name, default: []].append("")
        }
        guard let value = attached ?? words.popFirst() else {
            throw UsageError(
                .missingValue, "option '\(spelling)' needs a value \(valueName), and the line ends", command: path)
        }
        // A forgotten value must not swallow the next option; `--name=-x` gives a value that begins with a dash.
        guard attached != nil || value == "-" || !value.hasPrefix("-") else {
            throw UsageError(
                .missingValue, "option '\(spelling)' needs a value \(valueName), found '\(value.printable)'",
                command: path)
        }
        guard option.accepted.admits(value) else {
            throw badValue(value, of: "option '\(spelling)'", option.accepted)
        }
        if case .value = option.form, given[option.name] != nil {
            throw UsageError(.repeatedOption, "option '\(spelling)' is given twice, expected once", command: path)
        }
        given[option.name, default: []].append(value)
    }

    private func badValue(
        _ value: String, of subject: String, _ accepted: Command.AcceptedValues
    ) -> UsageError {
        var suggestion: String?
        if case .choice(let words) = accepted { suggestion = Spelling.nearest(to: value, among: words) }
        return UsageError(
            .badValue, "\(subject) needs \(accepted.expectation), found '\(value.printable)'", command: path,
            suggestion: suggestion)
    }

    private func finish(_ console: Console) throws(UsageError) -> Request {
        for name in given.keys.sorted() where !options.contains(where: { $0.name == name }) {
            throw UsageError(.misplacedOption, "option '--\(name)' is not one of '\(path)'", command: path)
        }
        guard command.handler != nil else {
            throw UsageError(.missingCommand, "'\(path)' needs a command", command: path)
        }
        return .run(
            Invocation(chain: chain, console: console, optionValues: given, argumentValues: try assignPositionals()))
    }

    private func assignPositionals() throws(UsageError) -> [String: [String]] {
        var values: [String: [String]] = [:]
        var rest = positionals[...]
        for argument in command.arguments {
            let taken = argument.takesSeveral ? rest : rest.prefix(1)
            guard !taken.isEmpty || !argument.isRequired else {
                throw UsageError(.missingArgument, "'\(path)' needs \(argument.name), found nothing", command: path)
            }
            for word in taken where !argument.accepted.admits(word) {
                throw badValue(word, of: argument.name, argument.accepted)
            }
            values[argument.name] = Array(taken)
            rest = rest.dropFirst(taken.count)
        }
        if let extra = rest.first {
            throw UsageError(
                .unexpectedArgument, "'\(path)' does not know what to do with '\(extra.printable)'", command: path)
        }
        return values
    }
}

extension String {
    /// Safe and short enough for a message: control characters escaped, cut after 60 characters.
    fileprivate var printable: String {
        let escaped = unicodeScalars.prefix(60).map { $0.value < 0x20 || $0.value == 0x7f ? "?" : String($0) }.joined()
        return unicodeScalars.count > 60 ? escaped + "..." : escaped
    }
}
