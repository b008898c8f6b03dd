/// Makes UTF-8 of bytes that are meant to be but may not be: what is no character becomes U+FFFD, and so do the two
/// code points that XML excludes, U+FFFE and U+FFFF.
struct TextRepair {
    /// The start of a character whose other bytes have not come yet: at most three bytes.
    private var rest: [UInt8] = []

    /// - Parameter isLast: whether nothing follows, so that an unfinished character is a damaged one.
    mutating func repair(_ bytes: ArraySlice<UInt8>, isLast: Bool) -> [UInt8] {
        var input = rest + bytes
        rest = []
        if !isLast {
            let count = Self.unfinished(input)
            rest = Array(input.suffix(count))
            input.removeLast(count)
        }
        guard !input.allSatisfy({ $0 < 0x80 }) else { return input }
        var output = Array(String(decoding: input, as: UTF8.self).utf8)
        for index in output.indices.dropLast(2)
        where output[index] == 0xEF && output[index + 1] == 0xBF && output[index + 2] >= 0xBE {
            output[index + 2] = 0xBD
        }
        return output
    }

    /// How many bytes at the end begin a character that goes on.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for count in 1...3 where count <= bytes.count {
            switch bytes[bytes.count - count] {
            case 0x80..<0xC0: continue
            case 0xC0..<0xE0: return count < 2 ? count : 0
            case 0xE0..<0xF0: return count < 3 ? count : 0
            case 0xF0...: return count < 4 ? count : 0
            default: return 0
            }
        }
        return 0
    }
}
