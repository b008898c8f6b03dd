/// A place that a source is reached at.
package struct SourceAddress: Sendable, Hashable, CustomStringConvertible {
    /// In lower case; `localhost` for a path of this machine.
    package let host: String
    /// The protocol's own where the URL names none; `nil` where nobody knows one.
    package let port: Int?
    /// As it stands in the URL.
    package let path: String

    package init(host: String, port: Int?, path: String) {
        self.host = host
        self.port = port
        self.path = path
    }

    /// - Parameter url: in its long form.
    init(_ url: String) {
        let parts = SourceURL(url)
        self.init(
            host: parts.host.isEmpty ? "localhost" : parts.host, port: parts.port ?? Self.ports[parts.scheme],
            path: parts.path)
    }

    /// - Parameter url: of a server that is no repository's; a path is one of this machine.
    package init(url: String) { self.init(url) }

    /// What IANA has assigned.
    private static let ports = [
        "git": 9418, "http": 80, "https": 443, "ldap": 389, "ldaps": 636, "ssh": 22, "svn": 3690, "svn+ssh": 22,
    ]

    /// Host and port.
    package var description: String { port.map { "\(host):\($0)" } ?? host }
}

extension ResolvedSource {
    /// Where its program or client connects.
    package var address: SourceAddress {
        SourceAddress(kind == .subversion ? connectionURL : PlainURL.ofGit(connectionURL))
    }

    /// The API of its platform, where it has one.
    package var platformAddress: SourceAddress? { platform.map { SourceAddress($0.api) } }
}
