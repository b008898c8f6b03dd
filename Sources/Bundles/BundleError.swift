package import Archives
package import Cryptography
package import Files

/// Why a bundle was not made or not accepted.
package struct BundleError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        // While sealing.
        /// A table still holds personal data.
        case notPseudonymised
        /// A file is not what it was when it was listed.
        case fileChanged
        /// The directory for the parts, or for the opened files, holds something already.
        case directoryInUse

        // While sealing and while opening.
        /// A file name that is no plain name.
        case nameNotAllowed
        /// More bytes, files or parts than a bundle may have.
        case tooLarge
        /// A file of our own could not be read or written.
        case file
        /// A library failed for a reason of its own.
        case library

        // While opening.
        /// The announcement is not signed by the agent's key.
        case wrongSignature
        /// The parts are not numbered as they should be.
        case partsMalformed
        case partMissing
        /// A part is shorter than announced.
        case partTruncated
        /// A part has other bytes than announced.
        case partDamaged
        /// A part is sealed for another controller.
        case notSealedForUs
        /// A part is no envelope, or was changed after it was sealed.
        case sealBroken
        /// The parts are sound, what they hold is not an archive as we write it.
        case archiveDamaged
        /// The archive has no manifest at its beginning, or not the announced one.
        case manifestMismatch
        /// The manifest cannot be understood.
        case manifestMalformed
        /// The manifest is of a format that this program does not know.
        case formatUnknown
        /// The manifest names another agent, project or run than was announced.
        case identityMismatch
        /// A file of the manifest is missing.
        case fileMissing
        /// A file is not in the manifest.
        case fileUnexpected
        /// A file has another size or other bytes than the manifest says.
        case fileMismatch
    }

    package enum Cause: Equatable, Sendable {
        case file(FileError)
        case archive(ArchiveError)
        case cryptography(CryptographyError)
    }

    package let code: Code
    /// What it is about, e.g. `part 002.cms`.
    package let subject: String
    /// What was expected and what was found.
    package let reason: String
    package let cause: Cause?

    init(_ code: Code, _ subject: String, _ reason: String, cause: Cause? = nil) {
        self.code = code
        self.subject = subject
        self.reason = reason
        self.cause = cause
    }

    /// Whether the same bundle cannot succeed later: everything but a fault of this machine.
    package var isPermanent: Bool {
        switch code {
        case .file, .library, .directoryInUse: false
        default: true
        }
    }

    package var description: String { "\(subject): \(reason)" }

    /// The error of this module for one that came up from below.
    static func translating(_ error: any Error) -> BundleError {
        switch error {
        case let error as BundleError: error
        case let error as FileError: .file(error, "bundle")
        case let error as CryptographyError: .library(error, "bundle")
        case let error as ArchiveError: .archive(error)
        default: BundleError(.library, "bundle", "expected no failure of this kind, found \(type(of: error))")
        }
    }

    private static func archive(_ error: ArchiveError) -> BundleError {
        let code: Code =
            switch error.code {
            case .nameNotAllowed: .nameNotAllowed
            case .entryTooLarge, .totalTooLarge, .tooManyEntries: .tooLarge
            case .other: .library
            default: .archiveDamaged
            }
        return BundleError(code, "bundle", "\(error)", cause: .archive(error))
    }

    static func file(_ error: FileError, _ subject: String) -> BundleError {
        BundleError(.file, subject, "\(error)", cause: .file(error))
    }

    static func library(_ error: CryptographyError, _ subject: String) -> BundleError {
        BundleError(.library, subject, "\(error)", cause: .cryptography(error))
    }
}
