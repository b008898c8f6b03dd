/// Base64 (RFC 4648) in its two alphabets; decoding accepts the one canonical text only.
package enum Base64: Sendable {
    /// `+` and `/`, always padded (§4).
    case standard
    /// `-` and `_`, never padded (§5); safe in file names, URLs and tokens.
    case url

    package func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        encode(bytes) { text.append($0) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes; `nil` where the text holds another character, has the wrong padding, or unused bits that are not 0.
    package func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 4 * 3 + 2)
        return decode(text.utf8) { bytes.append($0) } ? bytes : nil
    }

    func encode(_ bytes: some Sequence<UInt8>, emit: (UInt8) -> Void) {
        var bits: UInt32 = 0
        var pending = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            pending += 1
            guard pending == 3 else { continue }
            for index in 0..<4 { emit(character(bits >> UInt32(18 - 6 * index) & 63)) }
            (bits, pending) = (0, 0)
        }
        guard pending > 0 else { return }
        bits <<= UInt32(8 * (3 - pending))
        for index in 0...pending { emit(character(bits >> UInt32(18 - 6 * index) & 63)) }
        if case .standard = self { for _ in pending..<3 { emit(UInt8(ascii: "=")) } }
    }

    /// Hands the bytes over one by one; `false` where the text is not canonical, which shows only at its end.
    func decode(_ text: some Sequence<UInt8>, emit: (UInt8) -> Void) -> Bool {
        var bits: UInt32 = 0
        var pending = 0
        var padding = 0
        for digit in text {
            if digit == UInt8(ascii: "="), case .standard = self {
                padding += 1
                continue
            }
            guard padding == 0, let value = value(of: digit) else { return false }
            bits = bits << 6 | value
            pending += 1
            guard pending == 4 else { continue }
            for index in 0..<3 { emit(UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * index))) }
            (bits, pending) = (0, 0)
        }
        let isPadded = if case .standard = self { padding == (4 - pending) % 4 } else { padding == 0 }
        guard isPadded else { return false }
        switch pending {
        case 0: return true
        case 2 where bits & 15 == 0:
            emit(UInt8(truncatingIfNeeded: bits >> 4))
            return true
        case 3 where bits & 3 == 0:
            emit(UInt8(truncatingIfNeeded: bits >> 10))
            emit(UInt8(truncatingIfNeeded: bits >> 2))
            return true
        default: return false
        }
    }

    private func character(_ value: UInt32) -> UInt8 {
        let value = UInt8(value)
        switch (value, self) {
        case (0..<26, _): return UInt8(ascii: "A") + value
        case (26..<52, _): return UInt8(ascii: "a") + value - 26
        case (52..<62, _): return UInt8(ascii: "0") + value - 52
        case (62, .standard): return UInt8(ascii: "+")
        case (62, .url): return UInt8(ascii: "-")
        case (_, .standard): return UInt8(ascii: "/")
        case (_, .url): return UInt8(ascii: "_")
        }
    }

    private func value(of digit: UInt8) -> UInt32? {
        switch (digit, self) {
        case (UInt8(ascii: "A")...UInt8(ascii: "Z"), _): return UInt32(digit - UInt8(ascii: "A"))
        case (UInt8(ascii: "a")...UInt8(ascii: "z"), _): return UInt32(digit - UInt8(ascii: "a")) + 26
        case (UInt8(ascii: "0")...UInt8(ascii: "9"), _): return UInt32(digit - UInt8(ascii: "0")) + 52
        case (UInt8(ascii: "+"), .standard), (UInt8(ascii: "-"), .url): return 62
        case (UInt8(ascii: "/"), .standard), (UInt8(ascii: "_"), .url): return 63
        default: return nil
        }
    }
}
