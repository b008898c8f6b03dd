/// Who has to read an escape.
enum EscapeStyle { case json, people }

extension [UInt8] {
    /// Appends the text in double quotes, harmless: no line break, no control character, nothing that turns the
    /// direction of writing; cut when it is very long.
    mutating func appendQuoted(_ text: String, _ style: EscapeStyle) {
        append(UInt8(ascii: "\""))
        var count = 0
        for scalar in text.unicodeScalars {
            count += 1
            guard count <= LogValue.longestText else {
                self += "... (cut)".utf8
                break
            }
            switch scalar {
            case "\"", "\\":
                append(UInt8(ascii: "\\"))
                append(UInt8(truncatingIfNeeded: scalar.value))
            case "\n": self += "\\n".utf8
            case "\r": self += "\\r".utf8
            case "\t": self += "\\t".utf8
            case _ where scalar.isHarmful:
                let digits = String(scalar.value, radix: 16)
                switch style {
                case .people: self += "\\u{\(digits)}".utf8
                case .json: self += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
                }
            case _ where scalar.isASCII: append(UInt8(truncatingIfNeeded: scalar.value))
            default: self += String(scalar).utf8
            }
        }
        append(UInt8(ascii: "\""))
    }
}

extension Unicode.Scalar {
    /// Control characters, line and paragraph separators, and the marks that reorder text on the screen
    /// (Unicode TR 36 §3); all of them are below U+FFFF.
    fileprivate var isHarmful: Bool {
        switch value {
        case 0..<0x20, 0x7f..<0xa0, 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}

extension String {
    /// Whether a reader could not tell where the value ends, or it has to be escaped or cut.
    var needsQuotes: Bool {
        isEmpty || utf8.count > LogValue.longestText
            || unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "\\" || $0 == "=" || $0.isHarmful }
    }
}
