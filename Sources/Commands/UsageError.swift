/// A command line that cannot be followed. Nothing has been done when it is thrown.
package struct UsageError: Failure, Equatable {
    package enum Code: Sendable {
        case unknownCommand, missingCommand
        case unknownOption, misplacedOption, repeatedOption
        case missingValue, unexpectedValue, badValue
        case missingArgument, unexpectedArgument
    }

    package let code: Code
    /// One sentence: what was found, what was expected.
    package let description: String
    /// The command as typed, e.g. `agent scrape`.
    package let command: String
    /// The nearest known name.
    package let suggestion: String?

    package init(_ code: Code, _ description: String, command: String, suggestion: String? = nil) {
        self.code = code
        self.description = description
        self.command = command
        self.suggestion = suggestion
    }

    package var exitCode: ExitCode { .usage }

    package var advice: String? {
        (suggestion.map { "Did you mean '\($0)'? " } ?? "") + "'\(command) --help' lists what there is."
    }
}

/// An error that knows how its program should end.
package protocol Failure: Error, Sendable, CustomStringConvertible {
    var exitCode: ExitCode { get }
    /// What the operator can do about it, on a line of its own.
    var advice: String? { get }
}
