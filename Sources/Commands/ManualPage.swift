/// A page for section 1 of the manual in the `man` macros (man(7)), made from the declarations.
package struct ManualPage {
    /// A further section: words and what they mean, e.g. the settings.
    package struct Section: Sendable {
        let title: String
        let entries: [(term: String, text: String)]

        /// - Parameter title: as in a page's heading, e.g. `ENVIRONMENT`.
        package init(_ title: String, _ entries: [(term: String, text: String)]) {
            self.title = title
            self.entries = entries
        }
    }

    private var lines: [String] = []

    /// The page of a program with all its commands.
    static func render(_ program: Command, version: String, sections: [Section]) -> String {
        var page = ManualPage()
        page.build(program, version: version, sections: sections)
        return page.lines.joined(separator: "\n")
    }

    private mutating func build(_ program: Command, version: String, sections: [Section]) {
        let title = program.name.uppercased()
        lines.append(".TH \(title) 1 - \"\(Self.escaped("\(program.name) \(version)"))\" \"User commands\"")
        heading("NAME")
        text("\(program.name) \\- \(Self.escaped(program.abstract))", isRaw: true)
        heading("SYNOPSIS")
        text("\\fB\(program.name)\\fR \\fICOMMAND\\fR [\\fIoptions\\fR]", isRaw: true)
        if !program.discussion.isEmpty {
            heading("DESCRIPTION")
            paragraphs(program.discussion)
        }
        heading("OPTIONS OF ALL COMMANDS")
        options(program.sharedOptions)
        entry("\\fB-h\\fR, \\fB--help\\fR", "Show the help text.")
        heading("COMMANDS")
        for node in program.nodes where node.command.handler != nil && node.chain.count > 1 { command(node) }
        heading("EXIT STATUS")
        for code in [ExitCode.success, .failure, .usage, .notNow, .tryLater] {
            entry("\\fB\(code.rawValue)\\fR", code.meaning)
        }
        for section in sections {
            heading(section.title)
            for (term, text) in section.entries { entry("\\fB\(Self.escaped(term))\\fR", text) }
        }
        examples(program.examples, heading: true)
    }

    private mutating func command(_ node: Command.Node) {
        let words = node.command.arguments.map { argument in
            switch argument.occurrence {
            case .once: "\\fI\(argument.name)\\fR"
            case .optional: "[\\fI\(argument.name)\\fR]"
            case .any: "[\\fI\(argument.name)\\fR...]"
            case .several: "\\fI\(argument.name)\\fR..."
            }
        }
        lines.append(".SS " + Self.quoted((["\\fB\(node.path)\\fR"] + words).joined(separator: " ")))
        text(Self.sentence(node.command.abstract))
        paragraphs(node.command.discussion)
        for argument in node.command.arguments { entry("\\fI\(argument.name)\\fR", Self.sentence(argument.help)) }
        options(node.command.options)
        examples(node.command.examples, heading: false)
    }

    private mutating func options(_ options: [Command.Option]) {
        for option in options {
            let spellings = option.spellings.map { "\\fB\(Self.escaped($0))\\fR" }.joined(separator: ", ")
            var help = Self.sentence(option.help)
            if case .choice = option.accepted { help += " It is \(option.accepted.expectation)." }
            if let fallback = option.fallback { help += " Default: \(fallback)." }
            if let setting = option.setting { help += " Setting: \(setting)." }
            entry(option.valueName.map { "\(spellings) \\fI\($0)\\fR" } ?? spellings, help)
        }
    }

    private mutating func examples(_ examples: [Command.Example], heading isSection: Bool) {
        guard !examples.isEmpty else { return }
        if isSection { heading("EXAMPLES") }
        for example in examples {
            lines += [".PP", Self.escaped(Self.sentence(example.explanation)), ".PP", ".RS 4", ".nf"]
            lines += [Self.escaped(example.line), ".fi", ".RE"]
        }
    }

    private mutating func paragraphs(_ discussion: String) {
        for paragraph in Filled.paragraphs(of: discussion) {
            // Right after a heading a paragraph begins anyway.
            if lines.last?.hasPrefix(".SH") != true { lines.append(".PP") }
            text(paragraph)
        }
    }

    private mutating func heading(_ title: String) { lines.append(".SH \(Self.quoted(title))") }

    private mutating func entry(_ term: String, _ help: String) {
        lines += [".TP", term]
        text(help)
    }

    private mutating func text(_ text: String, isRaw: Bool = false) { lines.append(isRaw ? text : Self.escaped(text)) }

    private static func sentence(_ text: String) -> String {
        let text = text.prefix(1).uppercased() + text.dropFirst()
        return text.hasSuffix(".") || text.isEmpty ? text : text + "."
    }

    private static func quoted(_ text: String) -> String {
        "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\(dq"))\""
    }

    /// Backslashes and dashes as they are typed; a dot or an apostrophe at a line's start is no request.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if !result.isEmpty { result += "\n" }
            if line.hasPrefix(".") || line.hasPrefix("'") { result += "\\&" }
            for character in line {
                switch character {
                case "\\": result += "\\e"
                case "-": result += "\\-"
                default: result.append(character)
                }
            }
        }
        return result
    }
}
