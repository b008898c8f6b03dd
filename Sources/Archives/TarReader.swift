internal import CArchive

/// Reads a tar archive compressed by Zstandard from a closure, entry by entry, and believes nothing in it.
///
/// It accepts regular files with plain relative names, each once, within the limits, and an archive that ends as it
/// should. The whole is known to be sound only when `next` has answered `nil`. A few megabytes of memory do for any
/// size of what `TarWriter` writes; a foreign archive can ask for a window of up to 128 MiB, Zstandard's own limit.
@safe package struct TarReader: ~Copyable {
    package struct Entry: Equatable, Sendable {
        package let name: String
        /// Bytes.
        package let size: Int
    }

    /// What the caller is ready to take.
    package struct Limits: Sendable {
        /// Bytes in one entry.
        package let entry: Int
        /// Bytes in all entries.
        package let total: Int
        package let entries: Int

        package init(entry: Int, total: Int, entries: Int) {
            self.entry = entry
            self.total = total
            self.entries = entries
        }

        /// Bytes of the decompressed archive: the entries with their headers and padding, and the end with its own.
        var stream: Int { min(total, 1 << 50) + min(entries, 1 << 30) * 8192 + (1 << 20) }
    }

    private let limits: Limits
    private let decompression: Decompression
    private let archive: ReadArchive
    private var names: Set<String> = []
    private var total = 0
    /// The entry whose content is being read, and the bytes of it still to come.
    private var current: (name: String, rest: Int)?

    /// - Parameter input: gives the archive piece by piece; an empty answer is its end.
    /// - Throws: what `input` throws, or `ArchiveError`.
    package init(limits: Limits, input: @escaping () throws -> [UInt8]) throws {
        let decompression = try Decompression(limit: limits.stream, input)
        let archive = try ReadArchive(.tar, BlockInput { try decompression.read() })
        self.limits = limits
        self.decompression = decompression
        self.archive = archive
    }

    /// Goes to the next entry, whether or not the content of the last one has been read; `nil` at the end.
    package mutating func next() throws -> Entry? {
        current = nil
        var found: OpaquePointer?
        let code = unsafe archive_read_next_header(archive.handle, &found)
        if code == ARCHIVE_EOF {
            try checkEnd()
            return nil
        }
        guard let header = unsafe found, code == ARCHIVE_OK || code == ARCHIVE_WARN else { throw archive.failure() }
        let number = names.count + 1
        guard number <= limits.entries else {
            throw ArchiveError(.tooManyEntries, "expected at most \(limits.entries) entries, found more")
        }
        let path = unsafe archive_entry_pathname(header).map { unsafe String(cString: $0) }
        let name = try EntryName.check(path, number: number)
        guard names.insert(name).inserted else {
            throw ArchiveError(.duplicateName, entry: name, "expected each name once, found it twice")
        }
        guard unsafe Self.isRegularFile(header) else {
            throw ArchiveError(.notARegularFile, entry: name, "expected a regular file, found another kind")
        }
        // A warning is a header of which something cannot be understood.
        try archive.check(code)
        let size = unsafe Int(archive_entry_size(header))
        try checkSize(name, size)
        current = (name, size)
        return Entry(name: name, size: size)
    }

    /// The next bytes of the current entry, at most 256 KiB; an empty answer is its end.
    package mutating func read() throws -> [UInt8] {
        guard let (name, rest) = current else { return [] }
        let bytes = try archive.read(upTo: 256 << 10)
        guard bytes.count <= rest, !bytes.isEmpty || rest == 0 else {
            throw ArchiveError(.sizeMismatch, entry: name, "expected \(rest) more bytes, found \(bytes.count)")
        }
        current = (name, rest - bytes.count)
        return bytes
    }

    private mutating func checkSize(_ name: String, _ size: Int) throws(ArchiveError) {
        guard (0...limits.entry).contains(size) else {
            throw ArchiveError(.entryTooLarge, entry: name, "expected at most \(limits.entry) bytes, found \(size)")
        }
        guard size <= limits.total - total else {
            throw ArchiveError(.totalTooLarge, entry: name, "expected at most \(limits.total) bytes in all, found more")
        }
        total += size
    }

    /// AE_IFREG is a macro with a cast, which Swift does not import.
    @unsafe private static func isRegularFile(_ header: OpaquePointer) -> Bool {
        unsafe archive_entry_filetype(header) == 0o100000 && archive_entry_hardlink(header) == nil
            && archive_entry_symlink(header) == nil && archive_entry_sparse_count(header) == 0
            && archive_entry_size_is_set(header) != 0
    }

    /// Two blocks of zeros end an archive and nothing but zeros follow; the library itself is content with less.
    private func checkEnd() throws {
        let end = unsafe Int(archive_read_header_position(archive.handle))
        while try !decompression.read().isEmpty {}
        guard decompression.count - end >= 1024 else {
            throw ArchiveError(
                .truncated, "expected two empty blocks at the end, found \(decompression.count - end) bytes")
        }
        guard decompression.trailingZeros >= decompression.count - end else {
            throw ArchiveError(.damaged, "expected nothing after the end, found data")
        }
    }
}
