/// Completions for fish 3 or later.
struct FishCompletion {
    private let program: Command

    init(_ program: Command) { self.program = program }

    var script: String {
        ([
            """
            # Completes \(program.name) in fish: source this file, or put it into the completions directory as \(program.name).fish.
            function __\(program.name)_command
                set --local at \(program.name)
                set --local skip no
                for word in (commandline -opc)[2..-1]
                    if test $skip = yes
                        set skip no
                        continue
                    end
                    switch $word
                        case \(ShellCompletions.valued(program).joined(separator: " "))
                            set skip yes
                        case '*'
                            switch "$at $word"
                                case \(descents)
                                    set at "$at $word"
                            end
                    end
                end
                echo $at
            end
            complete --command \(program.name) --no-files
            complete --command \(program.name) --short-option h --long-option help --description 'show the help text'
            """
        ] + program.nodes.flatMap(lines)).joined(separator: "\n")
    }

    private var descents: String {
        program.nodes.dropFirst().map { ShellCompletions.quoted($0.path) }.joined(separator: " ")
    }

    private func lines(_ node: Command.Node) -> [String] {
        let condition = ShellCompletions.quoted("test (__\(program.name)_command) = \"\(node.path)\"")
        let start = "complete --command \(program.name) --condition \(condition)"
        return node.command.subcommands.map {
            "\(start) --arguments \(ShellCompletions.quoted($0.name)) --description \(ShellCompletions.quoted($0.abstract))"
        }
            + node.options.map { option in
                let letter = option.letter.map { " --short-option \($0)" } ?? ""
                let value =
                    option.valueName == nil ? "" : " --require-parameter" + Self.offer(option.accepted, exclusive: true)
                return "\(start)\(letter) --long-option \(option.name)\(value)"
                    + " --description \(ShellCompletions.quoted(option.help))"
            }
            + (node.command.arguments.first.map { argument in
                let offer = Self.offer(argument.accepted)
                return offer.isEmpty ? [] : [start + offer]
            } ?? [])
    }

    /// - Parameter exclusive: whether files are to be left out here, because a value of an option brings them back.
    private static func offer(_ accepted: Command.AcceptedValues, exclusive: Bool = false) -> String {
        let noFiles = exclusive ? " --no-files" : ""
        return switch accepted {
        case .choice(let words): "\(noFiles) --arguments \(ShellCompletions.quoted(words.joined(separator: " ")))"
        case .file: " --force-files"
        case .directory: "\(noFiles) --arguments '(__fish_complete_directories)'"
        case .text, .integer: noFiles
        }
    }
}
