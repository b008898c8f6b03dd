/// What the configuration says about one Git repository.
package struct GitSettings: Sendable {
    /// How `git` logs in and whom it trusts. Secrets reach it through its environment only.
    package struct Access: Sendable {
        /// For HTTP; over SSH the user is part of the URL.
        package var user: String?
        package var password: String?
        /// A private key for SSH.
        package var keyPath: String?
        /// The only certificates to trust for HTTPS; `nil` for the system's.
        package var authorityFile: String?
        /// Takes any certificate and any host key.
        package var isUnsafe = false
        /// Whether a web server may send us to another one at the first request, as `git` lets it.
        package var followsRedirects = true
        /// Where the SSH host keys are kept that were met first; later ones must be the same.
        package var knownHostsPath: String?

        /// The proxy for HTTPS, as in `https_proxy`, with its login; and the hosts that are reached without, as in
        /// `no_proxy`.
        package var proxy: String?
        package var proxyBypass: String?

        package init() {}
    }

    /// The repository's name in rows and cursors.
    package var name: String
    /// Where it is fetched from: a path, or a URL without password.
    package var url: String
    package var access = Access()
    /// Only commits at or after this moment, in any form that `git` reads as a date.
    package var fromDate: String?
    /// Only commits that lead to this tag; it wins over `fromDate`.
    package var tag: String?
    /// Leaves out counts, branches and changed paths.
    package var skipsStatistics = false
    /// Bytes that one fetch may write; beyond them it fails.
    package var sizeLimit: Int?

    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}
