import Commands

/// A file that explains every setting, each commented out with an example; what `env.example` holds.
package enum EnvironmentExample {
    /// - Parameter introduction: whole paragraphs, parted by empty lines.
    package static func text(_ introduction: String, _ declarations: [SettingDeclaration]) -> String {
        var lines: [String] = []
        func comment(_ text: String) { lines += Filled.lines(text, columns: columns - 2).map { "# \($0)" } }
        for paragraph in Filled.paragraphs(of: introduction) {
            if !lines.isEmpty { lines.append("#") }
            comment(paragraph)
        }
        var section = ""
        for declaration in declarations {
            if declaration.section != section {
                section = declaration.section
                lines += ["", "# \(section)", "# " + String(repeating: "-", count: section.count)]
            }
            lines.append("")
            comment(declaration.description)
            comment("Expected: \(declaration.expectation).")
            switch declaration.fallback {
            case .value(""): comment("Default: empty.")
            case .value(let fallback): comment("Default: \(fallback).")
            case .described(let words): comment("Without it: \(words).")
            }
            if let fileName = declaration.fileName {
                comment("\(numbered(declaration.name)) itself takes the text; a file that holds it is better:")
                lines.append("#\(numbered(fileName))=secrets/\(numbered(declaration.name).lowercased())")
            } else {
                lines.append("#\(numbered(declaration.name))=\(quoted(declaration.example))")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static let columns = 100

    /// With 1 for the number.
    private static func numbered(_ name: String) -> String {
        name.split(separator: "_").map { $0 == "<n>" ? "1" : $0 }.joined(separator: "_")
    }

    private static func quoted(_ example: String) -> String { example.contains(" ") ? "\"\(example)\"" : example }

    package static let agentIntroduction = """
        Settings of the agent. Copy this file to `env` in the agent's home directory (AGENT_HOME) and take away the # \
        in front of what you set.

        A line is NAME=value. Quotes may enclose the whole value; nothing is expanded and nothing is run. Values in \
        this file win over the process's environment, those in `config/env` win over this file, and options of the \
        command line win over all. A misspelt name or value is an error, and `agent config check` tells all of \
        them at once; `agent config show` tells each value and where it came from. The words -, no, off, false and \
        0 and an empty value mean that a setting is not used.
        """

    package static let controllerIntroduction = """
        Settings of the controller. Copy this file to `env` in the controller's home directory (CONTROLLER_HOME) and take \
        away the # in front of what you set.

        A line is NAME=value. Quotes may enclose the whole value; nothing is expanded and nothing is run. Values in \
        this file win over the process's environment, and options of the command line win over both.
        """
}
