extension Command {
    /// The program with two commands more, by which it describes itself: `completions` and `manual`.
    /// - Parameter sections: what the manual page has besides the commands.
    package func describingItself(version: String, sections: [ManualPage.Section] = []) -> Command {
        let shells = ShellCompletions.Shell.allCases.map(\.rawValue)
        // What they describe has them too, so they make the program again when they are called.
        let completions = Command(
            "completions", abstract: "print a script that completes this program's commands in a shell",
            arguments: [
                .init("SHELL", accepting: .choice(shells), help: "the shell: \(shells.joined(separator: ", "))")
            ],
            examples: [.init("source <(\(name) completions bash)", "for the shell that is running")]
        ) { invocation in
            guard let shell = invocation.word("SHELL").flatMap(ShellCompletions.Shell.init) else {
                throw invocation.usageError(.badValue, "SHELL is none that is known")
            }
            let program = describingItself(version: version, sections: sections)
            try invocation.console.print(ShellCompletions.script(for: program, shell))
            return .success
        }
        let manual = Command(
            "manual", abstract: "print the manual page, as the program man reads it",
            examples: [.init("\(name) manual | man --local-file -", "read it")]
        ) { invocation in
            let program = describingItself(version: version, sections: sections)
            try invocation.console.print(ManualPage.render(program, version: version, sections: sections))
            return .success
        }
        return Command(
            name, abstract: abstract, discussion: discussion, arguments: arguments, options: options,
            sharedOptions: sharedOptions, subcommands: subcommands + [completions, manual], examples: examples,
            exitCodes: exitCodes, handler: handler)
    }
}
