package import Configuration
package import HTTP

/// What the configuration says about one Subversion repository.
package struct SubversionSettings: Sendable {
    /// The repository's name in rows and cursors.
    package var name: String
    /// A path, or a URL of the schemes `file`, `svn`, `svn+ssh`, `http` and `https`; one that ends in `/trunk` means
    /// the directory above. A password in it is not used.
    package var url: String
    /// Who to log in as; otherwise the user of the URL, if it has one.
    package var userName: String?
    /// The password for `svn`, `http` and `https`.
    package var password: Secret?
    /// A private key for `svn+ssh`; otherwise `ssh` uses what it finds.
    package var keyPath: String?
    /// Where the SSH host keys are kept that were met first; later ones must be the same.
    package var knownHostsPath: String?
    /// The only certificates to trust for `https`; `nil` for the system's.
    package var authorityFile: String?
    /// Takes any certificate and any host key.
    package var isUnsafe = false
    /// The way to `https` servers.
    package var proxy: HTTPProxy?
    /// Leaves out counts, branches and changed paths.
    package var skipsStatistics = false

    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}
