/// A URL taken apart at its delimiters and nowhere else, so that putting it together gives the same text.
struct SourceURL: Equatable {
    /// In lower case; empty for a plain path.
    var scheme: String
    /// What stands before the host, with a password if there is one.
    var userInfo: String?
    /// In lower case, an IPv6 address without its brackets; empty where there is none.
    var host: String
    /// The port, where it is one.
    var port: Int?
    var path: String
    /// Query and fragment, with `?` and `#`.
    var rest: String

    init(_ text: String) {
        var remaining = text[...]
        scheme = ""
        if let colon = text.firstIndex(of: ":"), Self.isScheme(text[..<colon]) {
            scheme = text[..<colon].lowercased()
            remaining = text[text.index(after: colon)...]
        }
        host = ""
        if remaining.hasPrefix("//") {
            remaining = remaining.dropFirst(2)
            let end = remaining.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? remaining.endIndex
            var authority = remaining[..<end]
            remaining = remaining[end...]
            if let at = authority.lastIndex(of: "@") {
                userInfo = String(authority[..<at])
                authority = authority[authority.index(after: at)...]
            }
            (host, port) = Self.hostAndPort(authority)
        }
        let end = remaining.firstIndex { $0 == "?" || $0 == "#" } ?? remaining.endIndex
        path = String(remaining[..<end])
        rest = String(remaining[end...])
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+" || $0 == "-" || $0 == ".") }
    }

    private static func hostAndPort(_ authority: Substring) -> (host: String, port: Int?) {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let host = authority[authority.index(after: authority.startIndex)..<end]
            return (host.lowercased(), port(authority[authority.index(after: end)...].drop { $0 == ":" }))
        }
        let end = authority.firstIndex(of: ":") ?? authority.endIndex
        return (authority[..<end].lowercased(), port(authority[end...].dropFirst()))
    }

    /// `nil` for what is no port, which then counts as not given.
    static func port(_ text: Substring) -> Int? {
        text.allSatisfy { $0.isASCII && $0.isNumber } ? UInt16(text).map(Int.init) : nil
    }

    /// The user before a colon, as written.
    var user: String? {
        let user = userInfo?.prefix { $0 != ":" }
        return user?.isEmpty == false ? user.map(String.init) : nil
    }

    var hasPassword: Bool { userInfo?.contains(":") == true }

    /// The name of the section of credentials: `host`, or `host:port` with an explicit port.
    var section: String { port.map { "\(host):\($0)" } ?? host }

    var isHTTP: Bool { scheme == "http" || scheme == "https" }

    /// The value of a member of the query, decoded.
    func queryValue(_ name: String) -> String? {
        let query = rest.prefix { $0 != "#" }.drop { $0 == "?" }
        for member in query.split(separator: "&") {
            let sides = member.split(separator: "=", maxSplits: 1)
            if sides.count == 2, sides[0] == name { return String(sides[1]).percentDecoded }
        }
        return nil
    }

    /// The text again.
    var text: String {
        guard !host.isEmpty || userInfo != nil else {
            // `file:///x` has an empty host, `/x` none at all.
            let prefix = scheme.isEmpty ? "" : scheme == "file" ? "file://" : "\(scheme):"
            return prefix + path + rest
        }
        return "\(scheme)://\(userInfo.map { "\($0)@" } ?? "")\(authority)\(path)\(rest)"
    }

    /// Host and port as they stand in a URL.
    var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port.map { "\(host):\($0)" } ?? host
    }
}
