internal import CArchive

/// The decompressed bytes of a Zstandard stream, counted, with an eye on how they end.
@safe final class Decompression {
    private let archive: ReadArchive
    private let limit: Int
    /// Bytes so far.
    private(set) var count = 0
    /// How many bytes at the end of what has been read are zero.
    private(set) var trailingZeros = 0

    /// - Parameter limit: the most bytes that may come out.
    init(limit: Int, _ input: @escaping () throws -> [UInt8]) throws {
        self.limit = limit
        let archive = try ReadArchive(.zstandard, BlockInput(input))
        var entry: OpaquePointer?
        try archive.check(unsafe archive_read_next_header(archive.handle, &entry))
        // The library peels off as many layers as it finds: exactly one, please.
        let layers = unsafe archive_filter_count(archive.handle)
        guard layers == 2, unsafe archive_filter_code(archive.handle, 0) == ARCHIVE_FILTER_ZSTD else {
            throw ArchiveError(.notAnArchive, "expected one layer of Zstandard, found \(layers - 1) layers or another")
        }
        self.archive = archive
    }

    /// The next bytes; an empty answer is the end of the stream.
    func read() throws -> [UInt8] {
        let bytes = try archive.read(upTo: 128 << 10)
        count += bytes.count
        guard count <= limit else {
            throw ArchiveError(.totalTooLarge, "expected at most \(limit) decompressed bytes, found more")
        }
        if let last = bytes.lastIndex(where: { $0 != 0 }) {
            trailingZeros = bytes.count - 1 - last
        } else {
            trailingZeros += bytes.count
        }
        return bytes
    }
}
