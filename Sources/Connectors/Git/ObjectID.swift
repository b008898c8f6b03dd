/// The id of a Git object, SHA-1 or SHA-256, in little memory.
struct ObjectID: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)
    /// 40 or 64.
    private let digits: UInt8

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
        let all = [words.0, words.1, words.2, words.3]
        return (0..<Int(digits)).map { index in
            let remaining = min(Int(digits) - index / 16 * 16, 16)
            let value = UInt8(all[index / 16] >> UInt64(4 * (remaining - 1 - index % 16)) & 0xF)
            return value < 10 ? 0x30 + value : 0x61 + value - 10
        }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether it is the id of nothing, all zeros.
    var isNull: Bool { words == (0, 0, 0, 0) }
}
