/// A completion function for bash 4 or later that needs no other script.
struct BashCompletion {
    private let program: Command

    init(_ program: Command) { self.program = program }

    var script: String {
        """
        # Completes \(program.name) in bash: source this file, or put it into the completions directory as \(program.name).
        _\(program.name)() {
            local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
            # bash takes --option=value for three words.
            if [[ $word == = ]]; then
                word=
            elif [[ $before == = ]]; then
                before=${COMP_WORDS[COMP_CWORD - 2]}
            fi
            local command=\(program.name) index
            for ((index = 1; index < COMP_CWORD; index++)); do
                case ${COMP_WORDS[index]} in
                \(ShellCompletions.valued(program).joined(separator: " | "))) ((index++)) ;;
                *)
                    case "$command ${COMP_WORDS[index]}" in
        \(descents)
                    esac
                    ;;
                esac
            done
            COMPREPLY=()
            case "$command:$before" in
        \(values)
            esac
            case "$command" in
        \(offers)
            esac
        }
        complete -F _\(program.name) \(program.name)
        """
    }

    private var descents: String {
        let paths = program.nodes.dropFirst().map { ShellCompletions.quoted($0.path) }
        guard !paths.isEmpty else { return "            *) ;;" }
        return "            \(paths.joined(separator: " | "))) command+=\" ${COMP_WORDS[index]}\" ;;"
    }

    private var values: String {
        program.nodes.flatMap { node in
            node.options.filter { $0.valueName != nil }.map { option in
                let pattern = option.spellings.map { ShellCompletions.quoted("\(node.path):\($0)") }
                return "    \(pattern.joined(separator: " | ")))\n        \(Self.offer(option.accepted, []))\n"
                    + "        return\n        ;;"
            }
        }.joined(separator: "\n")
    }

    private var offers: String {
        program.nodes.map { node in
            let options = node.options.flatMap(\.spellings) + ["-h", "--help"]
            let accepted = node.command.arguments.first?.accepted ?? .text
            return """
                    \(ShellCompletions.quoted(node.path)))
                        if [[ $word == -* ]]; then
                            \(Self.offer(.choice(options), []))
                        else
                            \(Self.offer(accepted, node.command.subcommands.map(\.name)))
                        fi
                        ;;
                """
        }.joined(separator: "\n")
    }

    private static func offer(_ accepted: Command.AcceptedValues, _ subcommands: [String]) -> String {
        let generator =
            switch accepted {
            case .choice(let words): "-W " + ShellCompletions.quoted((subcommands + words).joined(separator: " "))
            case .file: "-f"
            case .directory: "-d"
            case .text, .integer: "-W " + ShellCompletions.quoted(subcommands.joined(separator: " "))
            }
        return "mapfile -t COMPREPLY < <(compgen \(generator) -- \"$word\")"
    }
}
