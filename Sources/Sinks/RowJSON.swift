internal import Cryptography
internal import SQLite

/// A row of the store as JSON (RFC 8259), one line, its members in the order of the table's columns.
struct RowJSON {
    private let names: [[UInt8]]
    /// Where in a row the columns are that identify it.
    private let key: [Int]

    init(columns: [String], key: [String]) {
        names = columns.map { Self.text($0) + [UInt8(ascii: ":")] }
        self.key = key.compactMap { columns.firstIndex(of: $0) }
    }

    func line(_ values: [StoredValue]) -> [UInt8] {
        var line: [UInt8] = [UInt8(ascii: "{")]
        for (name, value) in zip(names, values) {
            if line.count > 1 { line.append(UInt8(ascii: ",")) }
            line += name
            line += Self.json(value)
        }
        line.append(UInt8(ascii: "}"))
        return line
    }

    /// A digest of the table and of what identifies the row in it.
    func id(_ values: [StoredValue], of table: String) -> String {
        var hasher = SHA256Hasher()
        hasher.update(Self.text(table))
        for place in key where place < values.count {
            hasher.update([UInt8(ascii: ",")])
            hasher.update(Self.json(values[place]))
        }
        return hasher.finish().hex
    }

    private static func json(_ value: StoredValue) -> [UInt8] {
        switch value {
        case .null: Array("null".utf8)
        case .integer(let number): Array(String(number).utf8)
        // JSON has neither infinity nor "not a number".
        case .real(let number): Array((number.isFinite ? String(number) : "null").utf8)
        case .text(let text): Self.text(text)
        case .blob(let bytes): Self.text(Hex.encode(bytes))
        }
    }

    private static func text(_ text: String) -> [UInt8] {
        var result: [UInt8] = [UInt8(ascii: "\"")]
        result.reserveCapacity(text.utf8.count + 2)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
            case 0x0A: result += Array("\\n".utf8)
            case 0x0D: result += Array("\\r".utf8)
            case 0x09: result += Array("\\t".utf8)
            case 0..<0x20: result += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
        return result
    }
}
