/// Copies the lines of a segment, with the values of columns that hold free text put through a filter.
///
/// A row has one member a line (`RowEncoder`), so that all else is copied as it is.
struct FreeTextCopy {
    /// `        "name": "` of each column.
    private let starts: [[UInt8]]
    /// Whether a name of theirs begins with a byte.
    private let initials: [Bool]
    private static let indent = Array("        \"".utf8)
    private let filter: (String) -> String?
    /// A line whose end has not come.
    private var rest: [UInt8] = []

    init(_ schema: TableSchema, filter: @escaping (String) -> String?) {
        let names = schema.columns.filter(\.isFreeText).map(\.name)
        starts = names.map { Self.indent + Array("\($0)\": \"".utf8) }
        let first = Set(names.compactMap(\.utf8.first))
        initials = (0...UInt8.max).map { first.contains($0) }
        self.filter = filter
    }

    /// Takes the next bytes, and gives those that are ready.
    mutating func copy(_ bytes: [UInt8]) -> [UInt8] {
        guard let last = bytes.lastIndex(of: 0x0A) else {
            rest += bytes
            return []
        }
        let input = rest + bytes[...last]
        rest = Array(bytes[(last + 1)...])
        var output: [UInt8] = []
        output.reserveCapacity(input.count + 256)
        var start = 0
        while start < input.count {
            let end = input[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? input.count
            append(input[start..<end], to: &output)
            start = end
        }
        return output
    }

    /// What is left at the end.
    mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        append(rest[...], to: &output)
        rest = []
        return output
    }

    private func append(_ line: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let initial = line.startIndex + Self.indent.count
        guard initial < line.endIndex, initials[Int(line[initial])],
            let start = starts.first(where: { line.starts(with: $0) }),
            let close = line.lastIndex(of: UInt8(ascii: "\"")), close > line.startIndex + start.count,
            let text = JSONText.decode(line[(line.startIndex + start.count)..<close]), let changed = filter(text)
        else {
            output += line
            return
        }
        output += start.dropLast()
        JSONText.append(changed, to: &output)
        output += line[(close + 1)...]
    }
}

extension JSONText {
    /// What stands between the quotes of a literal that `append` wrote; `nil` for anything else.
    static func decode(_ literal: ArraySlice<UInt8>) -> String? {
        guard literal.contains(UInt8(ascii: "\\")) else { return String(decoding: literal, as: UTF8.self) }
        var units: [UInt16] = []
        units.reserveCapacity(literal.count)
        var index = literal.startIndex
        while index < literal.endIndex {
            let byte = literal[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                units.append(UInt16(byte))
                continue
            }
            guard index < literal.endIndex else { return nil }
            let kind = literal[index]
            index += 1
            switch kind {
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(UInt16(kind))
            case UInt8(ascii: "u"):
                guard index + 4 <= literal.endIndex,
                    let unit = UInt16(String(decoding: literal[index..<index + 4], as: UTF8.self), radix: 16)
                else { return nil }
                units.append(unit)
                index += 4
            default: return nil
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}
