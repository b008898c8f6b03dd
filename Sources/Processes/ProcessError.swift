import Glibc

/// What went wrong with a program. Messages name the program, never its arguments or environment, which may be private.
package struct ProcessError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// There is no such executable.
        case notFound
        /// The system refused to start it.
        case notStarted
        /// It took longer than its time limit and was terminated.
        case timedOut
        /// It wrote more than the caller allows and was terminated.
        case outputTooLarge
        /// It ended by itself without success.
        case failed(Exit.Status)
        /// Reading from it or writing to it failed.
        case communication
    }

    package let code: Code
    package let program: Program
    /// The system's or our reason, free of data.
    package let reason: String
    /// The last line of the program's standard error. It can hold data (paths, URLs), so it is no part of `description`.
    package let lastErrorLine: String
    /// What the operator can do about it.
    package let advice: String?

    init(_ code: Code, _ program: Program, reason: String = "", lastErrorLine: String = "", advice: String? = nil) {
        self.code = code
        self.program = program
        self.reason = reason
        self.lastErrorLine = lastErrorLine
        self.advice = advice
    }

    init(_ code: Code, _ program: Program, errno: Int32) {
        self.init(code, program, reason: unsafe String(cString: strerror(errno)))
    }

    package var description: String {
        let sentence =
            switch code {
            case .notFound: "cannot find the program \(program.name)"
            case .notStarted: "cannot start \(program.name)"
            case .timedOut: "\(program.name) took too long and was terminated"
            case .outputTooLarge: "\(program.name) wrote too much and was terminated"
            case .failed(.exited(let status)): "\(program.name) ended with status \(status), expected 0"
            case .failed(.signalled(let signal)): "\(program.name) was ended by signal \(signal)"
            case .communication: "cannot exchange data with \(program.name)"
            }
        return reason.isEmpty ? sentence : "\(sentence): \(reason)"
    }
}
