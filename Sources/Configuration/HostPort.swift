/// A host name or address, with a port where one is given: `controller.example`, `10.0.0.7:8443`, `[::1]:8443`.
package struct HostPort: Hashable, Sendable, CustomStringConvertible {
    /// In lower case, an IPv6 address without its brackets.
    package let host: String
    package let port: Int?

    package init(host: String, port: Int? = nil) {
        self.host = host
        self.port = port
    }

    package init?(_ text: String) {
        let host: Substring
        var rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            host = text[..<end]
            rest = text[end...]
            guard Self.isHostName(host) else { return nil }
        }
        self.host = host.lowercased()
        guard !rest.isEmpty else {
            port = nil
            return
        }
        guard rest.removeFirst() == ":", rest.first?.isNumber == true, let port = UInt16(rest), port > 0 else {
            return nil
        }
        self.port = Int(port)
    }

    /// Letters, digits, dots, underscores and inner hyphens; not more than DNS takes (RFC 1035 §2.3.4).
    private static func isHostName(_ text: Substring) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253, !text.hasPrefix("-") else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            }
        }
    }

    /// As written in a URL's authority.
    package var description: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port.map { "\(host):\($0)" } ?? host
    }
}
