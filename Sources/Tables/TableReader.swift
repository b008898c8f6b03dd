package import Files
import FoundationEssentials

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

    private let schema: TableSchema
    private let file: Descriptor
    private var framer = ObjectFramer()

    /// Bytes read at once.
    private static let chunkSize = 256 << 10

    package init(_ schema: TableSchema, path: String) throws(FileError) {
        self.schema = schema
        file = try Descriptor(path, .read)
    }

    /// The next rows, at least one; `nil` at the end.
    /// - Throws: `TableError` where the file is not a table, `FileError` where it cannot be read.
    package mutating func next() throws -> [StoredRow]? {
        while !framer.hasObjects {
            let bytes = try file.read(upTo: Self.chunkSize)
            guard !bytes.isEmpty else {
                try framer.finish(schema.name)
                return nil
            }
            try framer.append(bytes, schema.name)
        }
        let decoder = JSONDecoder()
        decoder.userInfo[.schema] = schema
        do {
            return try decoder.decode([DecodedRow].self, from: Data(framer.takeObjects())).map(\.row)
        } catch is DecodingError {
            throw TableError(.malformedRow, table: schema.name)
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
        case .rowTooLarge: "a row of table \(table) is larger than \(ObjectFramer.objectLimit) bytes"
        }
    }
}

/// Cuts a JSON array into its objects without understanding them.
private struct ObjectFramer {
    /// Bytes of the largest row: a commit message can be long, but not that long.
    static let objectLimit = 32 << 20

    private enum Place {
        case beforeArray, betweenObjects, inObject, inText, inEscape, afterArray
    }

    private var place = Place.beforeArray
    private var depth = 0
    /// Whole objects, separated by commas, then the part of one that is not whole yet.
    private var buffer: [UInt8] = []
    /// Where the part of an object begins.
    private var partial = 0

    var hasObjects: Bool { partial > 0 }

    mutating func append(_ bytes: [UInt8], _ table: String) throws(TableError) {
        for byte in bytes {
            switch place {
            case .inObject: appendInObject(byte)
            case .inText:
                buffer.append(byte)
                if byte == UInt8(ascii: "\"") {
                    place = .inObject
                } else if byte == UInt8(ascii: "\\") {
                    place = .inEscape
                }
            case .inEscape:
                buffer.append(byte)
                place = .inText
            case .beforeArray, .betweenObjects, .afterArray: try appendOutside(byte, table)
            }
        }
        guard buffer.count - partial <= Self.objectLimit else { throw TableError(.rowTooLarge, table: table) }
    }

    private mutating func appendInObject(_ byte: UInt8) {
        buffer.append(byte)
        switch byte {
        case UInt8(ascii: "\""): place = .inText
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            guard depth == 0 else { return }
            buffer.append(UInt8(ascii: ","))
            partial = buffer.count
            place = .betweenObjects
        default: break
        }
    }

    private mutating func appendOutside(_ byte: UInt8, _ table: String) throws(TableError) {
        switch (place, byte) {
        case (_, UInt8(ascii: " ")), (_, UInt8(ascii: "\n")), (_, UInt8(ascii: "\r")), (_, UInt8(ascii: "\t")): break
        case (.beforeArray, UInt8(ascii: "[")): place = .betweenObjects
        case (.betweenObjects, UInt8(ascii: ",")): break
        case (.betweenObjects, UInt8(ascii: "]")): place = .afterArray
        case (.betweenObjects, UInt8(ascii: "{")):
            buffer.append(byte)
            depth = 1
            place = .inObject
        default: throw TableError(.notAnArray, table: table)
        }
    }

    /// The whole objects so far as a JSON array.
    mutating func takeObjects() -> [UInt8] {
        let array = [UInt8(ascii: "[")] + buffer[..<(partial - 1)] + [UInt8(ascii: "]")]
        buffer.removeFirst(partial)
        partial = 0
        return array
    }

    func finish(_ table: String) throws(TableError) {
        guard place == .afterArray else { throw TableError(.notAnArray, table: table) }
    }
}

extension CodingUserInfoKey {
    /// The schema whose columns a row is decoded to.
    fileprivate static let schema = CodingUserInfoKey(rawValue: "schema") ?? { preconditionFailure("a constant key") }()
}

/// A row whose members are looked up by the schema's columns.
private struct DecodedRow: Decodable {
    let row: TableReader.StoredRow

    private struct Member: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        guard let schema = decoder.userInfo[.schema] as? TableSchema else {
            preconditionFailure("decoded with a schema")
        }
        let members = try decoder.container(keyedBy: Member.self)
        row = TableReader.StoredRow(
            values: try schema.columns.map { try Self.text($0.name, members) },
            encrypted: try Self.text("encrypted", members))
    }

    private static func text(_ name: String, _ members: KeyedDecodingContainer<Member>) throws -> String? {
        let member = Member(stringValue: name)
        do {
            return try members.decodeIfPresent(String.self, forKey: member)
        } catch DecodingError.typeMismatch {
            return try members.decode(Scalar.self, forKey: member).text
        }
    }
}

/// A number or a boolean as the text that stands for it.
private struct Scalar: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            text = try container.decode(Bool.self) ? "1" : "0"
        } catch DecodingError.typeMismatch {
            do {
                text = String(try container.decode(Int64.self))
            } catch {
                text = String(try container.decode(Double.self))
            }
        }
    }
}
