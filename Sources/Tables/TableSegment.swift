package import Files

/// A stretch of one table's rows, written by one worker into a file of its own; `TableWriter` joins segments
/// in the order wanted, so that workers need not wait for each other and memory stays bounded.
package final class TableSegment {
    /// A segment that is complete.
    package struct Finished: Sendable {
        package let schema: TableSchema
        package let path: String
        package let rows: Int
        /// Whether any row went in without pseudonyms.
        let hasUnprotectedRow: Bool
    }

    private let schema: TableSchema
    private let encoder: RowEncoder
    private let file: Descriptor
    private var buffer: [UInt8] = []
    private var rows = 0
    private var hasUnprotectedRow = false

    /// Bytes gathered before they are written: large enough to make system calls rare, small enough for many segments.
    private static let bufferSize = 128 << 10

    /// Creates the segment's file, or empties what an earlier run left there.
    package init(_ schema: TableSchema, path: String) throws(FileError) {
        self.schema = schema
        encoder = RowEncoder(schema)
        file = try Descriptor(path, .replace(permissions: 0o600))
    }

    package func append(_ row: Row) throws(FileError) {
        if rows > 0 { buffer += ",\n".utf8 }
        encoder.append(row, to: &buffer)
        rows += 1
        if row.protection == .none { hasUnprotectedRow = true }
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Writes what is still in memory. Nothing may be appended after it.
    package func finish() throws(FileError) -> Finished {
        try flush()
        return Finished(schema: schema, path: file.path, rows: rows, hasUnprotectedRow: hasUnprotectedRow)
    }

    private func flush() throws(FileError) {
        guard !buffer.isEmpty else { return }
        try file.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
