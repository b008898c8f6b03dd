/// Scripts with which a shell completes a program's command lines, made from the declarations.
///
/// A script walks from the program down to the command that is being typed, skipping the values of options, and then
/// offers that command's subcommands, options and the values that its declarations name. It starts no program.
enum ShellCompletions {
    enum Shell: String, CaseIterable {
        case bash, zsh, fish
    }

    static func script(for program: Command, _ shell: Shell) -> String {
        switch shell {
        case .bash: BashCompletion(program).script
        case .zsh: ZshCompletion(program).script
        case .fish: FishCompletion(program).script
        }
    }

    /// The options that take a value, as typed; the word after one of them is no command.
    static func valued(_ program: Command) -> [String] {
        var seen: Set<String> = []
        return program.nodes.flatMap { $0.command.options + $0.command.sharedOptions }
            .filter { $0.valueName != nil }.flatMap(\.spellings).filter { seen.insert($0).inserted }
    }

    /// In single quotes, as all three shells read it; a quote inside is written outside of them.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
