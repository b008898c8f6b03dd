/// A completion function for zsh, to be sourced or to lie in a directory of `fpath`.
struct ZshCompletion {
    private let program: Command

    init(_ program: Command) { self.program = program }

    var script: String {
        """
        #compdef \(program.name)
        # Completes \(program.name) in zsh: source this file after compinit, or put it into a directory of fpath as _\(program.name).
        _\(program.name)() {
            local word=${words[CURRENT]} before=${words[CURRENT - 1]} at=\(program.name) index
            local -a entries
            for ((index = 2; index < CURRENT; index++)); do
                case ${words[index]} in
                \(ShellCompletions.valued(program).joined(separator: " | "))) ((index++)) ;;
                *)
                    case "$at ${words[index]}" in
        \(descents)
                    esac
                    ;;
                esac
            done
            case "$at:$before" in
        \(values)
            esac
            case "$at" in
        \(offers)
            esac
            (( ${#entries} )) && _describe -t words word entries
        }
        if [[ ${funcstack[1]} == _\(program.name) ]]; then
            _\(program.name) "$@"
        else
            compdef _\(program.name) \(program.name)
        fi
        """
    }

    private var descents: String {
        let paths = program.nodes.dropFirst().map { ShellCompletions.quoted($0.path) }
        guard !paths.isEmpty else { return "            *) ;;" }
        return "            \(paths.joined(separator: " | "))) at+=\" ${words[index]}\" ;;"
    }

    private var values: String {
        program.nodes.flatMap { node in
            node.options.filter { $0.valueName != nil }.map { option in
                let pattern = option.spellings.map { ShellCompletions.quoted("\(node.path):\($0)") }
                return "    \(pattern.joined(separator: " | "))) \(Self.offer(option.accepted)); return ;;"
            }
        }.joined(separator: "\n")
    }

    private var offers: String {
        program.nodes.map { node in
            let options =
                node.options.flatMap { option in option.spellings.map { Self.entry($0, option.help) } }
                + ["-h", "--help"].map { Self.entry($0, "show the help text") }
            let subcommands = node.command.subcommands.map { Self.entry($0.name, $0.abstract) }
            let others =
                subcommands.isEmpty
                ? Self.offer(node.command.arguments.first?.accepted ?? .text)
                : "entries=(\(subcommands.joined(separator: " ")))"
            return """
                    \(ShellCompletions.quoted(node.path)))
                        if [[ $word == -* ]]; then
                            entries=(\(options.joined(separator: " ")))
                        else
                            \(others)
                        fi
                        ;;
                """
        }.joined(separator: "\n")
    }

    /// A word and what it means; a colon parts them, so one inside is escaped.
    private static func entry(_ word: String, _ help: String) -> String {
        ShellCompletions.quoted("\(word.split(separator: ":").joined(separator: "\\:")):\(help)")
    }

    private static func offer(_ accepted: Command.AcceptedValues) -> String {
        switch accepted {
        case .choice(let words): "compadd -- \(words.map(ShellCompletions.quoted).joined(separator: " "))"
        case .file: "_files"
        case .directory: "_files -/"
        case .text, .integer: "_message value"
        }
    }
}
