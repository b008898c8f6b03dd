/// A host, `*.` and a domain for all below it, or `*`; with `:PORT` for that port alone. An IPv6 address with a port stands
/// in brackets.
struct HostPattern: Sendable, Equatable {
    private let host: String
    private let isDomain: Bool
    private let port: Int?

    init?(_ text: String) {
        var host = text[...]
        var port: Int?
        let isBareAddress = !text.hasPrefix("[") && text.utf8.count(where: { $0 == UInt8(ascii: ":") }) > 1
        if let colon = text.lastIndex(of: ":"), !isBareAddress, !text.hasSuffix("]") {
            guard let number = UInt16(text[text.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            host = text[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        isDomain = host.hasPrefix("*.") || host == "*"
        if isDomain { host = host.dropFirst() }
        guard host.utf8.allSatisfy(Self.isPlain), isDomain || !host.isEmpty, host != "." else { return nil }
        self.host = host.lowercased()
        self.port = port
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }

    /// - Parameter host: an IPv6 address with or without brackets.
    func matches(_ host: String, _ port: Int?) -> Bool {
        if let own = self.port, own != port { return false }
        var found = host.lowercased()[...]
        if found.hasPrefix("["), found.hasSuffix("]") { found = found.dropFirst().dropLast() }
        // A name with the root's dot is the same name.
        if found.hasSuffix(".") { found = found.dropLast() }
        return isDomain ? found.hasSuffix(self.host) && found.utf8.count > self.host.utf8.count : found == self.host
    }
}
