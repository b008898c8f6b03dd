package import Files

/// Reads the rows of a table file in batches, however large the file is.
///
/// Any JSON array of flat objects will do. Members that the schema does not know are passed over; numbers and
/// booleans are taken as their text.
package struct TableReader: ~Copyable {
    /// One row: a value per column of the schema, in its order, and what it says of its protection.
    package struct StoredRow: Equatable, Sendable {
        package let values: [String?]
        /// The member `encrypted`: 1 for pseudonyms, 0 for values in the clear.
        package let encrypted: String?
    }

    private enum Place {
        case beforeArray, beforeRow, afterRow, afterArray
    }

    private let schema: TableSchema
    private let parser: RowParser
    private let file: Descriptor
    private var place: Place
    /// What was read and is not yet parsed: at most one row and a chunk.
    private var buffer: [UInt8] = []
    /// A row that was not whole is looked at again when the buffer holds this much.
    private var enough = 0

    /// Bytes read at once.
    private static let chunkSize = 256 << 10
    /// Bytes of the largest row: a commit message can be long, but not that long.
    static let rowLimit = 32 << 20

    package init(_ schema: TableSchema, path: String) throws(FileError) {
        self.schema = schema
        parser = RowParser(schema)
        place = schema.isObject ? .beforeRow : .beforeArray
        file = try Descriptor(path, .read)
    }

    /// The next rows, at least one; `nil` at the end.
    /// - Throws: `TableError` where the file is not a table, `FileError` where it cannot be read.
    package mutating func next() throws -> [StoredRow]? {
        while true {
            let bytes = try file.read(upTo: Self.chunkSize)
            guard !bytes.isEmpty else {
                // What was put off for want of bytes is looked at a last time.
                let rows = try parse()
                guard rows.isEmpty else { return rows }
                guard case .afterArray = place else { throw TableError(.notAnArray, table: schema.name) }
                return nil
            }
            buffer += bytes
            guard buffer.count >= enough else { continue }
            let rows = try parse()
            if !rows.isEmpty { return rows }
        }
    }

    /// Takes the whole rows out of the buffer.
    private mutating func parse() throws(TableError) -> [StoredRow] {
        var rows: [StoredRow] = []
        var reached = place
        let position = try Self.parse(buffer.span, parser, schema, &reached, &rows)
        place = reached
        buffer.removeFirst(position)
        guard buffer.count <= Self.rowLimit else { throw TableError(.rowTooLarge, table: schema.name) }
        // Doubling keeps the work on a large row in proportion to its size.
        enough = buffer.count * 2
        return rows
    }

    /// - Returns: how far it came.
    private static func parse(
        _ bytes: Span<UInt8>, _ parser: RowParser, _ schema: TableSchema, _ place: inout Place,
        _ rows: inout [StoredRow]
    ) throws(TableError) -> Int {
        var position = 0
        while let byte = next(bytes, &position) {
            switch (place, byte) {
            case (.beforeArray, UInt8(ascii: "[")): place = .beforeRow
            case (.afterRow, UInt8(ascii: ",")): place = .beforeRow
            case (.beforeRow, UInt8(ascii: "]")) where !schema.isObject, (.afterRow, UInt8(ascii: "]")):
                place = .afterArray
            case (.beforeRow, UInt8(ascii: "{")):
                let start = position
                do throws(RowParser.Stop) {
                    rows.append(try parser.row(bytes, &position))
                    place = schema.isObject ? .afterArray : .afterRow
                    continue
                } catch {
                    switch error {
                    case .incomplete: return start
                    case .malformed: throw TableError(.malformedRow, table: schema.name)
                    }
                }
            default: throw TableError(.notAnArray, table: schema.name)
            }
            position += 1
        }
        return position
    }

    /// The next byte that is no white space; `nil` at the end.
    private static func next(_ bytes: Span<UInt8>, _ position: inout Int) -> UInt8? {
        do {
            return try RowParser.token(bytes, &position)
        } catch {
            return nil
        }
    }
}

/// Why a file is not the table that it should be. No value of it is part of the text.
package struct TableError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The file is not one JSON array of objects.
        case notAnArray
        /// A row is not an object of texts, numbers and booleans.
        case malformedRow
        /// A row is larger than any row can be.
        case rowTooLarge
    }

    package let code: Code
    package let table: String

    init(_ code: Code, table: String) {
        self.code = code
        self.table = table
    }

    package var description: String {
        switch code {
        case .notAnArray: "the file of table \(table) is not a whole JSON array of objects"
        case .malformedRow: "a row of table \(table) is not a JSON object of texts, numbers and booleans"
        case .rowTooLarge: "a row of table \(table) is larger than \(TableReader.rowLimit) bytes"
        }
    }
}
