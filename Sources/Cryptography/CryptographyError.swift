package import Files

/// Why a key, a certificate or a sealed text was not accepted or could not be made.
package struct CryptographyError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The text or the bytes are not in the form they should have.
        case malformed
        /// Well-formed, but of a kind that is not accepted here (an RSA key, an encrypted key file).
        case unsupported
        /// A private key that other users of the machine can read.
        case exposed
        /// A private key that does not belong to the certificate or public key beside it.
        case mismatched
        /// Sealed for somebody else.
        case foreign
        /// Sealed for us, but changed or cut since.
        case damaged
        /// The file could not be read or written.
        case file
        /// The library refused for a reason of its own.
        case library
    }

    package enum Cause: Equatable, Sendable {
        case file(FileError)
        /// OpenSSL's name for the reason; it never holds data.
        case library(String)
    }

    package let code: Code
    /// What was looked at, e.g. `private key /home/agent/.ssh/id_ed25519`.
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

    package var description: String {
        switch cause {
        case .file(let error): "\(subject): \(error)"
        case .library(let reason): "\(subject): expected \(expected), found \(found) (\(reason))"
        case nil: "\(subject): expected \(expected), found \(found)"
        }
    }

    static func file(_ error: FileError, _ subject: String) -> CryptographyError {
        CryptographyError(
            .file, subject, expected: "a file that can be read and written", found: error.reason, cause: .file(error))
    }
}
