package import Commands

/// All that is wrong with a configuration. Nothing has been done when it is thrown.
package struct ConfigurationError: Failure, Equatable {
    package let faults: [ConfigurationFault]

    package init(_ faults: [ConfigurationFault]) { self.faults = faults }

    package var exitCode: ExitCode { .usage }

    package var description: String {
        guard faults.count > 1 else { return faults.map(\.description).joined() }
        return "the configuration has \(faults.count) faults\n" + faults.map { "  \($0)" }.joined(separator: "\n")
    }

    package var advice: String? { "Nothing was done. The settings are explained in env.example." }
}

/// One thing that is wrong, and where.
package struct ConfigurationFault: Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// A line that is not `NAME=value`, or holds what a shell would treat otherwise.
        case malformedLine
        case duplicate
        case unknownName
        case badValue
        /// A setting that cannot be made there, or together with another one.
        case conflict
        case unreadable
        /// A setting that another one needs.
        case missing
    }

    package let code: Code
    /// A file and line, or a setting with its origin.
    package let subject: String
    package let problem: String
    /// The nearest known name.
    package let suggestion: String?

    package init(_ code: Code, _ subject: String, _ problem: String, suggestion: String? = nil) {
        self.code = code
        self.subject = subject
        self.problem = problem
        self.suggestion = suggestion
    }

    package var description: String {
        "\(subject): \(problem)" + (suggestion.map { "; did you mean \($0)?" } ?? "")
    }
}
