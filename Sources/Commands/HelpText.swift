/// The text of `--help`, made from the declarations.
struct HelpText {
    private let chain: [Command]
    private let columns: Int
    private var sections: [String] = []

    private var command: Command { chain[chain.count - 1] }
    private var path: String { chain.map(\.name).joined(separator: " ") }

    /// Lines without a line break at the end, none wider than `columns` where its words allow it.
    static func render(_ chain: [Command], columns: Int) -> String {
        var text = HelpText(chain: chain, columns: columns)
        text.build()
        return text.sections.joined(separator: "\n\n")
    }

    private init(chain: [Command], columns: Int) {
        self.chain = chain
        self.columns = columns
    }

    private mutating func build() {
        sections.append(Filled.paragraph("\(path) - \(command.abstract)", columns: columns))
        sections.append("Usage: \(usage)")
        for paragraph in Filled.paragraphs(of: command.discussion) {
            sections.append(Filled.paragraph(paragraph, columns: columns))
        }
        list("Commands", command.subcommands.map { ($0.name, $0.abstract) })
        list("Arguments", command.arguments.map { ($0.name, Self.describe($0.help, $0.accepted, [])) })
        list("Options", command.options.map(Self.entry) + (chain.count == 1 ? sharedEntries : []) + [helpEntry])
        if chain.count > 1 { list("Options of all commands", sharedEntries) }
        exitCodes()
        examples()
        if !command.subcommands.isEmpty {
            sections.append("'\(path) help COMMAND' tells more about a command.")
        }
    }

    private var sharedEntries: [(String, String)] { chain.flatMap(\.sharedOptions).map(Self.entry) }
    private var helpEntry: (String, String) { ("-h, --help", "show this text") }

    private var usage: String {
        var words = [path]
        if !command.subcommands.isEmpty { words.append(command.handler == nil ? "COMMAND" : "[COMMAND]") }
        words += command.arguments.map {
            switch $0.occurrence {
            case .once: $0.name
            case .optional: "[\($0.name)]"
            case .any: "[\($0.name)...]"
            case .several: "\($0.name)..."
            }
        }
        words.append("[options]")
        return words.joined(separator: " ")
    }

    private static func entry(_ option: Command.Option) -> (String, String) {
        let spellings = option.spellings.joined(separator: ", ")
        var notes: [String] = []
        if case .values = option.form { notes.append("may be given several times") }
        if let fallback = option.fallback { notes.append("default: \(fallback)") }
        if let setting = option.setting { notes.append("setting: \(setting)") }
        return (
            option.valueName.map { "\(spellings) \($0)" } ?? spellings, describe(option.help, option.accepted, notes)
        )
    }

    private static func describe(_ help: String, _ accepted: Command.AcceptedValues, _ notes: [String]) -> String {
        var notes = notes
        if case .choice = accepted { notes.insert(accepted.expectation, at: 0) }
        return notes.isEmpty ? help : "\(help) (\(notes.joined(separator: "; ")))"
    }

    /// Two columns; a long left side has its line alone.
    private mutating func list(_ title: String, _ entries: [(String, String)]) {
        guard !entries.isEmpty else { return }
        let width = min(entries.map { $0.0.count }.max() ?? 0, 24)
        var lines = ["\(title):"]
        for (left, right) in entries {
            let indent = String(repeating: " ", count: width + 4)
            let filled = Filled.lines(right, columns: columns - indent.count)
            guard left.count <= width else {
                lines.append("  \(left)")
                lines += filled.map { indent + $0 }
                continue
            }
            let padding = String(repeating: " ", count: width - left.count + 2)
            lines.append("  \(left)\(padding)\(filled.first ?? "")")
            lines += filled.dropFirst().map { indent + $0 }
        }
        sections.append(lines.joined(separator: "\n"))
    }

    private mutating func exitCodes() {
        list("Exit codes", command.exitCodes.map { (String($0.rawValue), $0.meaning) })
    }

    private mutating func examples() {
        guard !command.examples.isEmpty else { return }
        var lines = ["Examples:"]
        for example in command.examples {
            lines.append("  \(example.line)")
            lines += Filled.lines(example.explanation, columns: columns - 6).map { "      \($0)" }
        }
        sections.append(lines.joined(separator: "\n"))
    }
}
