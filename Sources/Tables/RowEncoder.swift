/// Writes rows in the layout that importers read line by line: four spaces a level, one member a line,
/// every character outside ASCII as `\uXXXX`.
struct RowEncoder {
    /// `"name": ` of each column, indented.
    private let members: [[UInt8]]
    private let isNumber: [Bool]
    private let isFlag: [Bool]
    private let isNullable: [Bool]
    private let hasEncrypted: Bool
    private let isObject: Bool
    /// What stands before the first member, between two, and after the last.
    private let frame: (start: [UInt8], separator: [UInt8], end: [UInt8])
    private let indent: String

    init(_ schema: TableSchema) {
        isObject = schema.isObject
        let indent = isObject ? "" : "        "
        self.indent = indent
        frame =
            isObject
            ? (Array("{".utf8), Array(", ".utf8), Array("}".utf8))
            : (Array("    {\n".utf8), Array(",\n".utf8), Array("\n    }".utf8))
        members = schema.columns.map { Array("\(indent)\"\($0.name)\": ".utf8) }
        isNullable = schema.columns.map(\.isNullable)
        isNumber = schema.columns.map(\.isNumber)
        isFlag = schema.columns.map { $0.isNumber && $0.type == .boolean }
        hasEncrypted = schema.hasPersonalColumns
    }

    /// Appends `    {`, the members and `    }`, without a line end; for a table that is one object, that in one line.
    func append(_ row: Row, to output: inout [UInt8]) {
        output += frame.start
        var isFirst = true
        for (index, member) in members.enumerated() {
            let value = row.values[index]
            guard value != nil || isNullable[index] else { continue }
            if !isFirst { output += frame.separator }
            isFirst = false
            output += member
            guard let value else {
                output += "null".utf8
                continue
            }
            if isFlag[index] {
                output += (value == "0" ? "false" : "true").utf8
            } else if isNumber[index], let number = Int(value) {
                output += String(number).utf8
            } else {
                JSONText.append(value, to: &output)
            }
        }
        if hasEncrypted, row.protection != .unneeded {
            if !isFirst { output += frame.separator }
            output += "\(indent)\"encrypted\": \"\(row.protection == .pseudonymised ? 1 : 0)\"".utf8
        }
        output += frame.end
    }
}

/// JSON string literals in ASCII.
package enum JSONText {
    private static let hexadecimal = Array("0123456789abcdef".utf8)

    /// Appends the text as a JSON string, quotes included.
    package static func append(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        let bytes = text.utf8Span.span
        var place = 0
        while place < bytes.count, isPlain(bytes[place]) { place += 1 }
        // Most texts need no escape, and go over as they are.
        if place == bytes.count {
            output += text.utf8
            output.append(UInt8(ascii: "\""))
            return
        }
        output += text.utf8.prefix(place)
        while place < bytes.count, bytes[place] < 0x80 {
            if isPlain(bytes[place]) { output.append(bytes[place]) } else { append(UInt16(bytes[place]), to: &output) }
            place += 1
        }
        if place < bytes.count {
            // The rest by the units of UTF-16 that the escapes are made of.
            let start = text.utf8.index(text.startIndex, offsetBy: place)
            for unit in text.utf16[start...] { append(unit, to: &output) }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func append(_ unit: UInt16, to output: inout [UInt8]) {
        switch unit {
        case 0x22, 0x5C: output += [UInt8(ascii: "\\"), UInt8(unit)]
        case 0x0A: output += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        case 0x0D: output += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
        case 0x09: output += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
        case 0x08: output += [UInt8(ascii: "\\"), UInt8(ascii: "b")]
        case 0x0C: output += [UInt8(ascii: "\\"), UInt8(ascii: "f")]
        case 0x20..<0x7F: output.append(UInt8(unit))
        default:
            output += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
            for shift in [12, 8, 4, 0] { output.append(hexadecimal[Int(unit >> UInt16(shift)) & 0xF]) }
        }
    }
}
