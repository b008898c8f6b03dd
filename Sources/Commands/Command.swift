/// One command or subcommand, declared as data: the parser, the help text, shell completions and manual
/// pages are all made from it.
package struct Command: Sendable {
    /// Does the work.
    /// - Throws: a `UsageError` for words the parser cannot judge, a `Failure` or any other error for the rest.
    package typealias Handler = @Sendable (Invocation) async throws -> ExitCode

    /// The word typed; of the outermost command, the program's name.
    package let name: String
    /// One line without a full stop, e.g. `gather one project into the export directory`.
    package let abstract: String
    /// Whole paragraphs, parted by empty lines; lines are filled again for the reader's width.
    package let discussion: String
    package let arguments: [Argument]
    package let options: [Option]
    /// Options that this command and each one below it take.
    package let sharedOptions: [Option]
    package let subcommands: [Command]
    package let examples: [Example]
    /// The statuses worth telling the reader; empty where only success, failure and wrong usage occur.
    package let exitCodes: [ExitCode]
    /// `nil` where a subcommand is needed.
    package let handler: Handler?

    /// Declares a command.
    /// - Precondition: there is a handler or a subcommand, not both arguments and subcommands; names are not
    ///   given twice; required arguments come before optional ones, and only the last takes several words.
    package init(
        _ name: String,
        abstract: String,
        discussion: String = "",
        arguments: [Argument] = [],
        options: [Option] = [],
        sharedOptions: [Option] = [],
        subcommands: [Command] = [],
        examples: [Example] = [],
        exitCodes: [ExitCode] = [],
        handler: Handler? = nil
    ) {
        precondition(handler != nil || !subcommands.isEmpty, "\(name): neither a handler nor a subcommand")
        precondition(arguments.isEmpty || subcommands.isEmpty, "\(name): both arguments and subcommands")
        precondition(arguments.dropLast().allSatisfy { !$0.takesSeveral }, "\(name): only the last argument repeats")
        precondition(
            zip(arguments, arguments.dropFirst()).allSatisfy { $0.isRequired || !$1.isRequired },
            "\(name): a required argument follows an optional one")
        let names = (options + sharedOptions).flatMap(\.spellings)
        precondition(Set(names).count == names.count, "\(name): an option is declared twice")
        precondition(Set(subcommands.map(\.name)).count == subcommands.count, "\(name): a subcommand is declared twice")
        self.name = name
        self.abstract = abstract
        self.discussion = discussion
        self.arguments = arguments
        self.options = options
        self.sharedOptions = sharedOptions
        self.subcommands = subcommands
        self.examples = examples
        self.exitCodes = exitCodes
        self.handler = handler
    }

    /// A command line as it is typed, and what it does.
    package struct Example: Sendable, Equatable {
        package let line: String
        package let explanation: String

        package init(_ line: String, _ explanation: String) {
            self.line = line
            self.explanation = explanation
        }
    }
}
