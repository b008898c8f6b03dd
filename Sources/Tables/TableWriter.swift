internal import Cryptography
package import Files
import Glibc

/// Joins segments to a table file: hashes while it copies, then takes the final name in one step.
package enum TableWriter {
    /// Bytes read at once: what `malloc` takes from the memory that it has.
    private static let chunk = 64 << 10

    /// Writes `<directory>/data_<name>.json` with the rows of the segments, in their order. Of a table that is one object
    /// only the first row is there.
    /// - Parameter filter: gets the values of columns with free text; `nil` from it leaves one as it is.
    package static func write(
        _ schema: TableSchema, segments: [TableSegment.Finished], in directory: String,
        filter: ((String) -> String?)? = nil
    ) throws(FileError) -> Table {
        let path = "\(directory)/\(schema.fileName)"
        let temporary = "\(path).tmp"
        do throws(FileError) {
            var output = try HashingFile(temporary)
            var rows = 0
            for segment in segments where segment.rows > 0 && !(schema.isObject && rows > 0) {
                if !schema.isObject { try output.write(Array((rows == 0 ? "[\n" : ",\n").utf8)) }
                rows += schema.isObject ? 1 : segment.rows
                let input = try Descriptor(segment.path, .read)
                var copy = schema.hasFreeText ? filter.map { FreeTextCopy(schema, filter: $0) } : nil
                while true {
                    let bytes = try input.read(upTo: chunk)
                    if bytes.isEmpty { break }
                    try output.write(copy?.copy(bytes) ?? bytes)
                }
                if let rest = copy?.finish() { try output.write(rest) }
            }
            if !schema.isObject { try output.write(Array((rows == 0 ? "[]" : "\n]").utf8)) }
            let (size, digest) = try output.finish()
            try Files.rename(temporary, to: path)
            return Table(
                schema: schema, path: path, rows: rows, size: size, digest: digest,
                isPseudonymised: !segments.contains(where: \.hasUnprotectedRow))
        } catch {
            try Files.remove(temporary)
            throw error
        }
    }
}

/// A new file whose SHA-256 is known when it is complete.
private struct HashingFile: ~Copyable {
    private let file: Descriptor
    private var hasher = SHA256Hasher()
    private var size = 0

    init(_ path: String) throws(FileError) {
        file = try Descriptor(path, .replace(permissions: 0o644))
    }

    mutating func write(_ bytes: [UInt8]) throws(FileError) {
        hasher.update(bytes)
        try file.write(bytes)
        size += bytes.count
    }

    consuming func finish() throws(FileError) -> (size: Int, digest: SHA256Digest) {
        try file.synchronise()
        return (size, hasher.finish())
    }
}
