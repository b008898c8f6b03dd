/// Makes lines of what a program writes.
struct LineSplitter {
    private var rest: [UInt8] = []
    /// Longer lines are cut into several.
    private static let longest = 4096

    mutating func add(_ bytes: ArraySlice<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte != UInt8(ascii: "\n") { rest.append(byte) }
            guard byte == UInt8(ascii: "\n") || rest.count == Self.longest else { continue }
            if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
            if !rest.isEmpty { lines.append(String(decoding: rest, as: UTF8.self)) }
            rest = []
        }
        return lines
    }
}
