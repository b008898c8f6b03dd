/// Reads one row, a JSON object (RFC 8259), straight into the columns of a schema. It is several times faster than a
/// general decoder, because it knows the names and makes nothing but the values.
struct RowParser {
    /// Why a row could not be read.
    enum Stop: Error {
        /// The bytes end before the object does.
        case incomplete
        case malformed
    }

    private let names: [[UInt8]]
    private let columns: Int

    init(_ schema: TableSchema) {
        names = schema.columns.map { Array($0.name.utf8) } + [Array("encrypted".utf8)]
        columns = schema.columns.count
    }

    /// Reads the object that begins at `position`, which stands behind it afterwards.
    func row(_ bytes: Span<UInt8>, _ position: inout Int) throws(Stop) -> TableReader.StoredRow {
        position += 1
        var values = [String?](repeating: nil, count: columns)
        var encrypted: String?
        // Writers keep an order: the next name is most likely the one after the last.
        var guess = 0
        guard try Self.token(bytes, &position) != UInt8(ascii: "}") else {
            position += 1
            return TableReader.StoredRow(values: values, encrypted: nil)
        }
        while true {
            let column = try self.column(bytes, &position, guess)
            guard try Self.token(bytes, &position) == UInt8(ascii: ":") else { throw .malformed }
            position += 1
            _ = try Self.token(bytes, &position)
            if let column {
                let value = try Self.value(bytes, &position)
                if column == columns { encrypted = value } else { values[column] = value }
                guess = column + 1
            } else {
                try Self.skipValue(bytes, &position)
            }
            switch try Self.token(bytes, &position) {
            case UInt8(ascii: ","):
                position += 1
                _ = try Self.token(bytes, &position)
            case UInt8(ascii: "}"):
                position += 1
                return TableReader.StoredRow(values: values, encrypted: encrypted)
            default: throw .malformed
            }
        }
    }

    /// Reads a name; `nil` for one that is no column's.
    private func column(_ bytes: Span<UInt8>, _ position: inout Int, _ guess: Int) throws(Stop) -> Int? {
        guard bytes[position] == UInt8(ascii: "\"") else { throw .malformed }
        var end = position + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") { end += 1 }
        guard end < bytes.count else { throw .incomplete }
        guard bytes[end] == UInt8(ascii: "\"") else {
            let name = Array(try Self.text(bytes, &position).utf8)
            return names.firstIndex(of: name)
        }
        let start = position + 1
        position = end + 1
        if guess < names.count, Self.equal(names[guess], bytes, start, end) { return guess }
        return names.firstIndex { Self.equal($0, bytes, start, end) }
    }

    private static func equal(_ name: [UInt8], _ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard name.count == end - start else { return false }
        for index in 0..<name.count where name[index] != bytes[start + index] { return false }
        return true
    }

    /// The next byte that is no white space.
    static func token(_ bytes: Span<UInt8>, _ position: inout Int) throws(Stop) -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return byte
            }
        }
        throw .incomplete
    }

    /// A text, a number, a truth value as 1 or 0, or null.
    private static func value(_ bytes: Span<UInt8>, _ position: inout Int) throws(Stop) -> String? {
        switch bytes[position] {
        case UInt8(ascii: "\""): return try text(bytes, &position)
        case UInt8(ascii: "n"):
            try word("null", bytes, &position)
            return nil
        case UInt8(ascii: "t"):
            try word("true", bytes, &position)
            return "1"
        case UInt8(ascii: "f"):
            try word("false", bytes, &position)
            return "0"
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(bytes, &position)
        default: throw .malformed
        }
    }

    private static func word(_ word: StaticString, _ bytes: Span<UInt8>, _ position: inout Int) throws(Stop) {
        for expected in word.description.utf8 {
            guard position < bytes.count else { throw .incomplete }
            guard bytes[position] == expected else { throw .malformed }
            position += 1
        }
    }

    private static func number(_ bytes: Span<UInt8>, _ position: inout Int) throws(Stop) -> String {
        let start = position
        scan: while true {
            guard position < bytes.count else { throw .incomplete }
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
            default: break scan
            }
        }
        let digits = bytes[start] == UInt8(ascii: "-") ? start + 1 : start
        guard digits < position, bytes[digits] >= 0x30, bytes[digits] <= 0x39 else { throw .malformed }
        if bytes[digits] == 0x30, digits + 1 < position, bytes[digits + 1] >= 0x30, bytes[digits + 1] <= 0x39 {
            throw .malformed
        }
        let text = try string(bytes, start, position)
        if let number = Int64(text) { return String(number) }
        guard let number = Double(text) else { throw .malformed }
        return String(number)
    }

    // MARK: Texts

    /// A text in quotes.
    private static func text(_ bytes: Span<UInt8>, _ position: inout Int) throws(Stop) -> String {
        let start = position + 1
        var end = start
        while end < bytes.count {
            let byte = bytes[end]
            if byte == UInt8(ascii: "\"") {
                position = end + 1
                return try string(bytes, start, end)
            }
            if byte == UInt8(ascii: "\\") { return try escapedText(bytes, start, from: end, &position) }
            guard byte >= 0x20 else { throw .malformed }
            end += 1
        }
        throw .incomplete
    }

    private static func string(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) throws(Stop) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes.extracting(start..<end)))
        } catch {
            throw .malformed
        }
    }

    /// A text with escapes, the first of which is at `from`.
    private static func escapedText(
        _ bytes: Span<UInt8>, _ start: Int, from: Int, _ position: inout Int
    ) throws(Stop) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(from - start + 64)
        for index in start..<from { result.append(bytes[index]) }
        var index = from
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                return try string(result.span, 0, result.count)
            }
            guard byte >= 0x20 else { throw .malformed }
            index += 1
            if byte == UInt8(ascii: "\\") {
                try escape(bytes, &index, &result)
            } else {
                result.append(byte)
            }
        }
        throw .incomplete
    }

    /// What follows a backslash.
    private static func escape(_ bytes: Span<UInt8>, _ index: inout Int, _ result: inout [UInt8]) throws(Stop) {
        guard index < bytes.count else { throw .incomplete }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "u"): try append(character(bytes, &index), &result)
        default: throw .malformed
        }
    }

    /// The character of `\uXXXX`, or of two that are surrogates of each other.
    private static func character(_ bytes: Span<UInt8>, _ index: inout Int) throws(Stop) -> UInt32 {
        let unit = try codeUnit(bytes, &index)
        guard unit & 0xF800 == 0xD800 else { return unit }
        guard index + 1 < bytes.count else { throw .incomplete }
        guard unit < 0xDC00, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
            throw .malformed
        }
        index += 2
        let second = try codeUnit(bytes, &index)
        guard second & 0xFC00 == 0xDC00 else { throw .malformed }
        return 0x10000 + ((unit & 0x3FF) << 10 | second & 0x3FF)
    }

    private static func codeUnit(_ bytes: Span<UInt8>, _ index: inout Int) throws(Stop) -> UInt32 {
        guard index + 4 <= bytes.count else { throw .incomplete }
        var unit: UInt32 = 0
        for offset in 0..<4 {
            let digit: UInt8
            switch bytes[index + offset] {
            case let byte where byte >= 0x30 && byte <= 0x39: digit = byte - 0x30
            case let byte where byte >= 0x41 && byte <= 0x46: digit = byte - 0x41 + 10
            case let byte where byte >= 0x61 && byte <= 0x66: digit = byte - 0x61 + 10
            default: throw .malformed
            }
            unit = unit << 4 | UInt32(digit)
        }
        index += 4
        return unit
    }

    private static func append(_ character: UInt32, _ result: inout [UInt8]) {
        switch character {
        case ..<0x80: result.append(UInt8(character))
        case ..<0x800: result += [UInt8(0xC0 | character >> 6), UInt8(0x80 | character & 0x3F)]
        case ..<0x10000:
            result += [
                UInt8(0xE0 | character >> 12), UInt8(0x80 | character >> 6 & 0x3F), UInt8(0x80 | character & 0x3F),
            ]
        default:
            result += [
                UInt8(0xF0 | character >> 18), UInt8(0x80 | character >> 12 & 0x3F),
                UInt8(0x80 | character >> 6 & 0x3F), UInt8(0x80 | character & 0x3F),
            ]
        }
    }

    // MARK: What is passed over

    /// Passes over a value of any kind; of one that holds others only the brackets are looked at.
    private static func skipValue(_ bytes: Span<UInt8>, _ position: inout Int) throws(Stop) {
        guard bytes[position] == UInt8(ascii: "{") || bytes[position] == UInt8(ascii: "[") else {
            _ = try value(bytes, &position)
            return
        }
        var depth = 0
        while true {
            switch try token(bytes, &position) {
            case UInt8(ascii: "\""): _ = try text(bytes, &position)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
                if depth == 0 { return }
            default: position += 1
            }
        }
    }
}
