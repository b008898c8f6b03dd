/// The id of a Git object, SHA-1 or SHA-256, in little memory.
struct ObjectID: Hashable, Sendable {
    /// Sixteen digits each, from the first; what is left of the last ones stands at their low end.
    let words: (UInt64, UInt64, UInt64, UInt64)
    /// 40 or 64.
    let digits: UInt8

    init(words: (UInt64, UInt64, UInt64, UInt64), digits: UInt8) {
        self.words = words
        self.digits = digits
    }

    /// Reads 40 or 64 hexadecimal digits; anything else gives `nil`.
    init?(_ text: some Collection<UInt8>) {
        guard text.count == 40 || text.count == 64 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in text.enumerated() {
            let value: UInt8
            switch byte {
            case 0x30...0x39: value = byte - 0x30
            case 0x61...0x66: value = byte - 0x61 + 10
            default: return nil
            }
            words[index / 16] = words[index / 16] << 4 | UInt64(value)
        }
        self.words = (words[0], words[1], words[2], words[3])
        digits = UInt8(text.count)
    }

    init?(_ text: String) { self.init(text.utf8) }

    static func == (left: ObjectID, right: ObjectID) -> Bool {
        left.words == right.words && left.digits == right.digits
    }

    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

    /// The hexadecimal digits.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(digits))
        append(to: &bytes)
        return bytes
    }

    /// Appends the hexadecimal digits.
    func append(to output: inout [UInt8]) {
        var remaining = UInt64(digits)
        func append(_ word: UInt64) {
            var shift = 4 * min(remaining, 16)
            remaining -= shift / 4
            while shift > 0 {
                shift -= 4
                let value = UInt8(word >> shift & 0xF)
                output.append(value < 10 ? 0x30 + value : 0x61 + value - 10)
            }
        }
        append(words.0)
        append(words.1)
        append(words.2)
        append(words.3)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether it is the id of nothing, all zeros.
    var isNull: Bool { words == (0, 0, 0, 0) }
}
