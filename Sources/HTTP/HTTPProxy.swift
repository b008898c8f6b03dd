/// A proxy for all requests of a client but those to hosts in `bypass`.
package struct HTTPProxy: Sendable {
    package let address: WebAddress
    /// Host names, domains with a leading dot, and addresses, as in `NO_PROXY`.
    package let bypass: [String]
    package let credentials: (user: String, password: String)?

    package init(_ address: WebAddress, bypass: [String] = [], credentials: (user: String, password: String)? = nil) {
        self.address = address
        self.bypass = bypass
        self.credentials = credentials
    }

    /// Reads the values of `HTTPS_PROXY` and `NO_PROXY` as curl does: a proxy without scheme is one of plain HTTP; hosts
    /// are parted by commas or blanks, and `*` means all.
    ///
    /// - Returns: `nil` where no proxy is set.
    /// - Throws: `HTTPError` `badURL`, whose text holds nothing of the user information.
    package init?(proxy: String?, bypass: String?) throws(HTTPError) {
        guard var text = proxy, !text.isEmpty else { return nil }
        if !text.contains("://") { text = "http://\(text)" }
        var credentials: (user: String, password: String)?
        if let start = text.firstRange(of: "://")?.upperBound {
            let end = text[start...].firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? text.endIndex
            if let at = text[start..<end].lastIndex(of: "@") {
                let parts = text[start..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                credentials = (
                    PercentEncoding.decode(parts.first ?? ""), PercentEncoding.decode(parts.count > 1 ? parts[1] : "")
                )
                text.removeSubrange(start...at)
            }
        }
        let hosts = (bypass ?? "").split { $0 == "," || $0 == " " }.map(String.init)
        self.init(try WebAddress(text), bypass: hosts, credentials: credentials)
    }
}
