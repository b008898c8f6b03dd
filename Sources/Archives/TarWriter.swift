internal import CArchive
internal import Files

/// Writes a tar archive compressed by Zstandard, piece by piece, to a closure.
///
/// The same entries in the same order give the same bytes. A few megabytes of memory do for any size. The archive is
/// whole only after `finish`; what has been handed out of an abandoned one is not an archive.
@safe package struct TarWriter: ~Copyable {
    /// What every entry says about itself beside name and size.
    package struct Attributes: Sendable {
        package let permissions: UInt16
        package let user: Int
        package let group: Int
        /// Seconds since 1970.
        package let modified: Int

        package init(permissions: UInt16 = 0o644, user: Int = 0, group: Int = 0, modified: Int) {
            self.permissions = permissions
            self.user = user
            self.group = group
            self.modified = modified
        }
    }

    /// Bytes in each piece of output but the last.
    package static let blockSize = 256 << 10

    private let archive: WriteArchive
    private let attributes: Attributes
    private var names: Set<String> = []

    /// - Parameter output: takes each piece of the archive, at most `blockSize` bytes; what it throws ends the call
    ///   that gave rise to it, and the archive.
    package init(_ attributes: Attributes, output: @escaping ([UInt8]) throws -> Void) throws {
        let archive = try WriteArchive(BlockOutput(output))
        self.archive = archive
        self.attributes = attributes
    }

    /// Adds a file with this content.
    package mutating func add(_ name: String, _ content: [UInt8]) throws {
        var rest: [UInt8]? = content
        try add(name, size: content.count) {
            defer { rest = nil }
            return rest ?? []
        }
    }

    /// Adds a file from the disk.
    /// - Throws: `ArchiveError` `sizeMismatch` when the file changes its size meanwhile.
    package mutating func add(_ name: String, file path: String) throws {
        let file = try Descriptor(path, .read)
        let status = try file.inspect()
        guard status.kind == .file else {
            throw ArchiveError(.notARegularFile, entry: name, "expected a regular file at \(path), found another kind")
        }
        try add(name, size: status.size) { try file.read(upTo: Self.blockSize) }
    }

    /// Adds a file whose content comes from a closure; an empty answer is its end.
    package mutating func add(_ name: String, size: Int, from read: () throws -> [UInt8]) throws {
        let name = try EntryName.check(name, number: names.count + 1)
        guard names.insert(name).inserted else {
            throw ArchiveError(.duplicateName, entry: name, "expected each name once, found it twice")
        }
        try archive.begin(name, size, attributes)
        var written = 0
        while true {
            let bytes = try read()
            if bytes.isEmpty { break }
            written += bytes.count
            guard written <= size else { throw Self.mismatch(name, size, "more") }
            try archive.write(bytes)
        }
        guard written == size else { throw Self.mismatch(name, size, "\(written)") }
    }

    /// Writes the end of the archive.
    package consuming func finish() throws {
        try archive.close()
    }

    private static func mismatch(_ name: String, _ size: Int, _ found: String) -> ArchiveError {
        ArchiveError(.sizeMismatch, entry: name, "expected \(size) bytes, found \(found)")
    }
}
