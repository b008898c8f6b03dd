/// What a directory says about one thing: values by the names of attributes, in lower case.
package struct DirectoryEntry: Sendable, Equatable {
    package let name: String
    package private(set) var values: [String: [String]] = [:]

    package subscript(attribute: String) -> [String] { values[attribute.lowercased()] ?? [] }

    /// Reads the entries that libcurl writes: `DN: …`, a line with a tab in front for each value, an empty line. Values that
    /// are not plain ASCII are in Base64 behind two colons, as in LDIF (RFC 2849).
    static func read(_ content: [UInt8]) -> [DirectoryEntry] {
        var entries: [DirectoryEntry] = []
        for line in content.split(separator: UInt8(ascii: "\n")) {
            if line.starts(with: "DN:".utf8) {
                entries.append(DirectoryEntry(name: value(line.dropFirst(3)) ?? ""))
                continue
            }
            guard line.first == 0x09, let colon = line.firstIndex(of: UInt8(ascii: ":")), !entries.isEmpty,
                let value = value(line[(colon + 1)...])
            else { continue }
            // Options such as a language follow a semicolon.
            let name = String(decoding: line[line.index(after: line.startIndex)..<colon], as: UTF8.self)
            let plain = String(name.prefix { $0 != ";" }).lowercased()
            entries[entries.count - 1].values[plain, default: []].append(value)
        }
        return entries
    }

    private init(name: String) { self.name = name }

    /// What follows the first colon.
    private static func value(_ rest: ArraySlice<UInt8>) -> String? {
        if rest.first == UInt8(ascii: ":") {
            return decoded(rest.dropFirst().drop { $0 == 0x20 }).map { String(decoding: $0, as: UTF8.self) }
        }
        return String(decoding: rest.first == 0x20 ? rest.dropFirst() : rest, as: UTF8.self)
    }

    /// Base64 (RFC 4648 §4).
    private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        var bits = 0
        var count = 0
        for byte in text where byte != UInt8(ascii: "=") {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = byte - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte + 4
            case UInt8(ascii: "+"): digit = 62
            case UInt8(ascii: "/"): digit = 63
            default: return nil
            }
            bits = bits << 6 | Int(digit)
            count += 6
            if count >= 8 {
                count -= 8
                output.append(UInt8(bits >> count & 0xFF))
                bits &= (1 << count) - 1
            }
        }
        return output
    }
}

/// The text form of filters (RFC 4515).
package enum DirectoryFilter {
    /// A value as it stands in a filter: what has a meaning there is escaped.
    package static func escaped(_ value: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var output: [UInt8] = []
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "*"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\\"), 0, 0x80...:
                output += [UInt8(ascii: "\\"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
