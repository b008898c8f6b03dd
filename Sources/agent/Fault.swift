import Commands
import ControllerClient
import Delivery
import Files
import Glibc
import SQLite

/// An error that no command has expected, with what may be done about it.
struct Explained: Failure {
    let fault: Fault
    var exitCode: ExitCode { fault.exitCode }
    var description: String { fault.text }
    var advice: String? { fault.advice }
}

/// Any error, as an operator is told of it.
struct Fault: Sendable {
    /// One sentence.
    let text: String
    let advice: String?
    let exitCode: ExitCode

    init(_ error: any Error) {
        switch error {
        case let error as any Failure: self.init("\(error)", error.advice, error.exitCode)
        case let error as ControllerError:
            self.init("\(error)", error.advice, error.isPermanent ? .failure : .tryLater)
        case let error as FileError: self.init("\(error)", Self.advice(error.code))
        case let error as SQLiteError: self.init("\(error)", error.advice)
        case let error as OutboxError: self.init("\(error)", error.advice, .tryLater)
        case is CancellationError:
            self.init("it was stopped", "Nothing is lost: the next run gathers the same again.")
        default: self.init("\(error)", nil)
        }
    }

    private init(_ text: String, _ advice: String?, _ exitCode: ExitCode = .failure) {
        self.text = text
        self.advice = advice
        self.exitCode = exitCode
    }

    /// - Parameter code: an `errno`.
    private static func advice(_ code: Int32) -> String? {
        switch code {
        case ENOSPC, EDQUOT: "Make room on that file system, or let AGENT_STATE name a directory elsewhere."
        case EROFS: "The file system is read-only: mount it writable, or let AGENT_STATE name a directory elsewhere."
        case EACCES, EPERM: "Let the account that runs the agent read and write there: 'ls -ld' shows who may."
        case EMFILE, ENFILE: "Too many files are open: raise the limit ('ulimit -n')."
        default: nil
        }
    }
}
