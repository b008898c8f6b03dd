package import Confinement
package import Files
package import Processes

/// Why uploads cannot be received, or a request of an agent is not served.
package struct ReceivingError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// A path or a setting has a form that cannot be written into the SSH server's files.
        case setting
        /// Two agents have the same key, so the server could not tell them apart.
        case sharedKey
        /// The account of this process has no name or no shell, so nobody can log in to it.
        case account
        /// The SSH server or its file transfer program is not installed.
        case missingProgram
        /// The SSH server does not accept its configuration, or ended before it listened.
        case notListening
        /// What the agent asks for is something else than file transfer.
        case request
        /// The agent has stored as much as it may.
        case quota
        case file
        case confinement
        case process
    }

    package enum Cause: Equatable, Sendable {
        case file(FileError)
        case confinement(ConfinementError)
        case process(ProcessError)
        /// The last line that the SSH server wrote.
        case server(String)
    }

    package let code: Code
    package let subject: String
    package let expected: String
    package let found: String
    package let cause: Cause?
    /// What the operator can do, in one line.
    package let advice: String?

    init(
        _ code: Code, _ subject: String, expected: String, found: String, cause: Cause? = nil, advice: String? = nil
    ) {
        self.code = code
        self.subject = subject
        self.expected = expected
        self.found = found
        self.cause = cause
        self.advice = advice
    }

    init(_ error: FileError) {
        self.init(.file, error.path, expected: "a file or directory to use", found: error.reason, cause: .file(error))
    }

    init(_ error: ConfinementError) {
        self.init(
            .confinement, "session", expected: "a kernel that confines it", found: "\(error)",
            cause: .confinement(error), advice: error.advice)
    }

    init(_ error: ProcessError) {
        self.init(
            .process, error.program.name, expected: "a program that runs", found: "\(error)", cause: .process(error),
            advice: error.advice)
    }

    package var description: String {
        switch cause {
        case .file(let error): "\(error)"
        case .confinement(let error): "\(error)"
        case .process(let error): "\(error)"
        case .server(let line): "\(subject): expected \(expected), found \(found): \(line)"
        case nil: "\(subject): expected \(expected), found \(found)"
        }
    }
}
