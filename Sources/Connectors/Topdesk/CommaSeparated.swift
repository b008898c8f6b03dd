/// Text of values parted by commas (RFC 4180), quotes doubled inside quotes.
enum CommaSeparated {
    /// All lines with their values; empty lines are left out.
    static func read(_ content: [UInt8]) -> [[String]] {
        var bytes = content[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var lines: [[String]] = []
        var line: [String] = []
        var value: [UInt8] = []
        var isQuoted = false
        var isStarted = false
        func take() {
            line.append(String(decoding: value, as: UTF8.self))
            value = []
            isStarted = false
        }
        func end() {
            take()
            if line != [""] { lines.append(line) }
            line = []
        }
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    value.append(byte)
                } else if index < bytes.endIndex, bytes[index] == byte {
                    value.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where !isStarted:
                isQuoted = true
                isStarted = true
            case UInt8(ascii: ","): take()
            case 0x0D where index < bytes.endIndex && bytes[index] == 0x0A: break
            case 0x0A: end()
            default:
                value.append(byte)
                isStarted = true
            }
        }
        if !value.isEmpty || !line.isEmpty { end() }
        return lines
    }
}
