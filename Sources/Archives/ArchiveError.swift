/// What is wrong with an archive, with the entry where it was found.
package struct ArchiveError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The name is absolute, leads elsewhere, or has characters that no name of ours has.
        case nameNotAllowed
        /// Two entries have the same name.
        case duplicateName
        /// The entry is a directory, link, device or a file with holes.
        case notARegularFile
        /// An entry is larger than the caller permits.
        case entryTooLarge
        /// All entries, or the decompressed archive, are larger than the caller permits.
        case totalTooLarge
        /// More entries than the caller permits.
        case tooManyEntries
        /// The content is not as long as its header says.
        case sizeMismatch
        /// The archive ends too early.
        case truncated
        /// The archive is not what a writer of archives writes: checksums, compression, or something after its end.
        case damaged
        /// The bytes are not a tar archive compressed by Zstandard.
        case notAnArchive
        /// The library failed, e.g. for want of memory.
        case other
    }

    package let code: Code
    /// The name of the entry, as far as it is known and printable.
    package let entry: String?
    /// What was expected and what was found.
    package let reason: String

    init(_ code: Code, entry: String? = nil, _ reason: String) {
        self.code = code
        self.entry = entry
        self.reason = reason
    }

    package var description: String {
        entry.map { "archive entry \($0): \(reason)" } ?? "archive: \(reason)"
    }
}
