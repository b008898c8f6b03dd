/// The target of a request in origin or absolute form (RFC 9112 §3.2.1, §3.2.2), not decoded.
struct RequestTarget: Sendable, Equatable {
    let path: String
    let query: String?
    /// The host, and the port where it is named, of the absolute form `https://host/path` (RFC 9112 §3.2.2); the log
    /// handler of the older agents sends it.
    let authority: String?

    /// `nil` for another form, and for bytes that no URI has.
    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        var text = Substring(decoding: bytes, as: UTF8.self)
        var authority: String?
        if !text.hasPrefix("/") {
            guard let scheme = ["https://", "http://"].first(where: { text.prefix($0.utf8.count).lowercased() == $0 })
            else { return nil }
            let rest = text.dropFirst(scheme.utf8.count)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            guard end != rest.startIndex, end != rest.endIndex else { return nil }
            authority = String(rest[..<end])
            text = rest[end...]
        }
        self.authority = authority
        let mark = text.firstIndex(of: "?")
        path = String(text[..<(mark ?? text.endIndex)])
        query = mark.map { String(text[text.index(after: $0)...]) }
    }

    /// Whether it names the host that the header does, so that nobody can take one of them for the other.
    func isFor(_ host: String) -> Bool { authority.map { $0.lowercased() == host.lowercased() } ?? true }
}

/// Method and header fields of a request.
struct RequestHead: Sendable {
    let method: String
    /// In their order, names in lower case.
    let fields: [(name: String, value: String)]

    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    var authority: String { values("host").first ?? "" }

    var contentLength: Int? { values("content-length").first.flatMap { Int($0) } }

    /// What makes the request ambiguous: two readers of it could see two different ones (RFC 9112 §3.2, §6.3).
    var fault: String? {
        if values("host").count > 1 { return "expected one Host header, found more" }
        let lengths = values("content-length")
        if lengths.count > 1 { return "expected one Content-Length header, found more" }
        if let length = lengths.first {
            guard !length.isEmpty, length.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                Int(length) != nil
            else { return "expected a number in the Content-Length header" }
        }
        let codings = values("transfer-encoding")
        if !codings.isEmpty, !lengths.isEmpty {
            return "expected either Content-Length or Transfer-Encoding, found both"
        }
        return isEndUnclear ? "expected chunked as the only Transfer-Encoding" : nil
    }

    /// Whether the content is in a coding whose end libmicrohttpd does not know.
    var isEndUnclear: Bool {
        let codings = values("transfer-encoding")
        return codings.count > 1 || codings.contains { $0.lowercased() != "chunked" }
    }
}
