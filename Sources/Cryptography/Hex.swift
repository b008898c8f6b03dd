/// Lower-case hexadecimal text.
package enum Hex {
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        let digits: StaticString = "0123456789abcdef"
        return unsafe String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            var offset = 0
            for byte in bytes {
                unsafe text[offset] = digits.utf8Start[Int(byte >> 4)]
                unsafe text[offset + 1] = digits.utf8Start[Int(byte & 15)]
                offset += 2
            }
            return offset
        }
    }

    /// The bytes; `nil` where the text has an odd length or another character than `0-9a-f`.
    package static func decode(_ text: String) -> [UInt8]? {
        let digits = text.utf8
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}
