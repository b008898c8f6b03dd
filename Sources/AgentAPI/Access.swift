package import Configuration
import Cryptography
import HTTPServer

/// Who may ask what of the agent's web API.
package struct Access: Sendable {
    /// What requests have to say in the header `Host`; `nil` for the names of this machine's loopback.
    private let host: String?
    private let names: Set<String>
    private let token: SHA256Digest?
    /// Whether the API can be reached from other machines.
    package let isExposed: Bool

    /// - Parameters:
    ///   - listener: where the API listens, with its port.
    ///   - host: the setting `AGENT_HOST`.
    ///   - token: the setting `AGENT_TOKEN`.
    package init(listener: HostPort, host: String?, token: Secret?) {
        self.host = host
        self.token = token.map { SHA256.digest(of: Array($0.revealed.utf8)) }
        isExposed = !Self.isLoopback(listener.host)
        let own = HostPort(host: listener.host).description
        names = Set(
            ["localhost", "127.0.0.1", "[::1]", own].flatMap { name in
                listener.port.map { ["\(name):\($0)"] + ($0 == 80 ? [name] : []) } ?? [name]
            })
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// Whether the request is meant for this agent: else a page from elsewhere could make a browser ask us.
    func isForUs(_ request: HTTPServerRequest) -> Bool {
        if let host { return Array(request.authority.utf8) == Array(host.utf8) }
        return names.contains(request.authority)
    }

    /// Whether no page of another origin made a browser ask.
    func isOfOwnOrigin(_ request: HTTPServerRequest) -> Bool {
        if let site = request.header("sec-fetch-site"), site != "same-origin", site != "none" { return false }
        guard let origin = request.header("origin") else { return true }
        return ["http://\(request.authority)", "https://\(request.authority)"].contains(origin)
    }

    /// Whether the request shows the token. Digests are compared, so that the time taken tells nothing of it.
    func hasToken(_ request: HTTPServerRequest) -> Bool {
        guard let token, let header = request.header("authorization") else { return false }
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return false }
        return SHA256.digest(of: Array(words[1].utf8)) == token
    }

    /// Whether there is a token to be shown at all.
    var hasOwnToken: Bool { token != nil }
}
