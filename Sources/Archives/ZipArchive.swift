internal import CArchive

/// A zip archive in memory, whose entries are stored or deflated: what office programs write.
///
/// libarchive's own reader of zip brings four libraries for ways of packing that nobody uses in such files. The directory is
/// read here; each entry is handed to libarchive as the gzip file that it is but for its frame.
package struct ZipArchive {
    private struct Entry {
        let isDeflated: Bool
        let checksum: [UInt8]
        let packed: Int
        let size: Int
        /// Where its own header begins.
        let header: Int
    }

    private let bytes: [UInt8]
    private var entries: [String: Entry] = [:]

    /// - Parameter limit: the most bytes of one entry.
    package init(_ bytes: [UInt8], limit: Int) throws(ArchiveError) {
        self.bytes = bytes
        // The end of the directory is followed by a comment of at most 65,535 bytes (APPNOTE 4.3.16).
        let first = max(0, bytes.count - 22 - 65535)
        guard bytes.count >= 22,
            let end = (first...bytes.count - 22).last(where: { Self.number(bytes, $0, 4) == 0x0605_4B50 })
        else { throw ArchiveError(.notAnArchive, "expected a zip archive, found something else") }
        var place = Self.number(bytes, end + 16, 4)
        for _ in 0..<Self.number(bytes, end + 10, 2) {
            guard place + 46 <= end, Self.number(bytes, place, 4) == 0x0201_4B50 else {
                throw ArchiveError(.damaged, "expected another entry of the directory, found something else")
            }
            let nameLength = Self.number(bytes, place + 28, 2)
            guard place + 46 + nameLength <= end else {
                throw ArchiveError(.truncated, "expected the name of an entry")
            }
            let name = String(decoding: bytes[place + 46..<place + 46 + nameLength], as: UTF8.self)
            let method = Self.number(bytes, place + 10, 2)
            let entry = Entry(
                isDeflated: method == 8, checksum: Array(bytes[place + 16..<place + 20]),
                packed: Self.number(bytes, place + 20, 4), size: Self.number(bytes, place + 24, 4),
                header: Self.number(bytes, place + 42, 4))
            if method == 0 || method == 8, Self.number(bytes, place + 8, 2) & 1 == 0, entry.size <= limit {
                entries[name] = entry
            }
            place += 46 + nameLength + Self.number(bytes, place + 30, 2) + Self.number(bytes, place + 32, 2)
        }
    }

    package func has(_ name: String) -> Bool { entries[name] != nil }

    /// What an entry holds; `nil` where there is none, or one that is encrypted, too large or packed in another way.
    package func content(of name: String) throws -> [UInt8]? {
        guard let entry = entries[name] else { return nil }
        guard entry.header + 30 <= bytes.count, Self.number(bytes, entry.header, 4) == 0x0403_4B50 else {
            throw ArchiveError(.damaged, "expected the header of an entry, found something else")
        }
        let start =
            entry.header + 30 + Self.number(bytes, entry.header + 26, 2) + Self.number(bytes, entry.header + 28, 2)
        guard start + entry.packed <= bytes.count else { throw ArchiveError(.truncated, "expected more of an entry") }
        let packed = bytes[start..<start + entry.packed]
        guard entry.isDeflated else {
            guard packed.count == entry.size else {
                throw ArchiveError(.sizeMismatch, "expected another size of an entry")
            }
            return Array(packed)
        }
        var frame: [[UInt8]] = [
            [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255], Array(packed),
            entry.checksum + (0..<4).map { UInt8(truncatingIfNeeded: entry.size >> ($0 * 8)) }, [],
        ]
        let archive = try ReadArchive(.gzip, BlockInput { frame.isEmpty ? [] : frame.removeFirst() })
        var found: OpaquePointer?
        try archive.check(unsafe archive_read_next_header(archive.handle, &found))
        var content: [UInt8] = []
        while true {
            let piece = try archive.read(upTo: 256 << 10)
            if piece.isEmpty { break }
            content += piece
            guard content.count <= entry.size else { break }
        }
        guard content.count == entry.size else {
            throw ArchiveError(.sizeMismatch, "expected \(entry.size) bytes of an entry, found \(content.count)")
        }
        return content
    }

    private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
        guard place >= 0, place + count <= bytes.count else { return 0 }
        return (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << ($1 * 8) }
    }
}
