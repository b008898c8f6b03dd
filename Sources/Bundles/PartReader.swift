internal import ControllerAPI
internal import Cryptography
internal import Files
import Glibc

/// Gives the content of the parts, one after the other, each verified and opened. It holds one part at a time.
final class PartReader {
    private let directory: String
    private let parts: [SealedBundle.Part]
    private let opener: Opener
    private var next = 0

    init(directory: String, parts: [SealedBundle.Part], opener: Opener) {
        self.directory = directory
        self.parts = parts
        self.opener = opener
    }

    /// Whether every part has been given.
    var isAtEnd: Bool { next == parts.count }

    /// The content of the next part; empty after the last one.
    func read() throws(BundleError) -> [UInt8] {
        guard next < parts.count else { return [] }
        let part = parts[next]
        next += 1
        let subject = "part \(part.name)"
        let sealed = try sealedBytes(part, subject)
        do {
            return try opener.open(sealed)
        } catch {
            let code: BundleError.Code =
                switch error.code {
                case .foreign: .notSealedForUs
                case .malformed, .damaged: .sealBroken
                default: .library
                }
            throw BundleError(code, subject, error.description, cause: .cryptography(error))
        }
    }

    /// Reads a part whole, exactly once, so that what is verified is what is opened.
    private func sealedBytes(_ part: SealedBundle.Part, _ subject: String) throws(BundleError) -> [UInt8] {
        var sealed: [UInt8]
        do throws(FileError) {
            let file = try Descriptor("\(directory)/\(part.name)", .readRegular)
            sealed = try file.read(upTo: part.size + 1)
            while sealed.count <= part.size {
                let more = try file.read(upTo: part.size + 1 - sealed.count)
                if more.isEmpty { break }
                sealed += more
            }
        } catch {
            throw Self.failure(error, subject)
        }
        guard sealed.count >= part.size else {
            throw BundleError(.partTruncated, subject, "expected \(part.size) bytes, found \(sealed.count)")
        }
        guard sealed.count == part.size, SHA256.digest(of: sealed) == part.sha256 else {
            throw BundleError(.partDamaged, subject, "expected the announced bytes, found others")
        }
        return sealed
    }

    private static func failure(_ error: FileError, _ subject: String) -> BundleError {
        switch error.code {
        case ENOENT, ENOTDIR: BundleError(.partMissing, subject, "expected a file, found none", cause: .file(error))
        case ELOOP, EINVAL, ENXIO:
            BundleError(.partDamaged, subject, "expected a regular file, found another kind", cause: .file(error))
        default: .file(error, subject)
        }
    }
}
