import FoundationEssentials

extension GitSettings.Access {
    /// The variables that let `git` log in. What is secret in them is seen by the same account only.
    func environment(for url: String) -> [String: String] {
        var environment = ["GIT_SSH_COMMAND": sshCommand, "GIT_SSH_VARIANT": "ssh"]
        var configuration: [(key: String, value: String)] = []
        if let user, let password, let origin = Self.origin(of: url) {
            let login = Data("\(user):\(password)".utf8).base64EncodedString()
            // Bound to the origin, so that a redirection to another host gets nothing.
            configuration.append(("http.\(origin).extraHeader", "Authorization: Basic \(login)"))
        }
        if let authorityFile { configuration.append(("http.sslCAInfo", authorityFile)) }
        if isUnsafe { configuration.append(("http.sslVerify", "false")) }
        if !followsRedirects { configuration.append(("http.followRedirects", "false")) }
        if let proxy {
            environment["https_proxy"] = proxy
            environment["no_proxy"] = proxyBypass
        }
        if !configuration.isEmpty { environment["GIT_CONFIG_COUNT"] = String(configuration.count) }
        for (index, entry) in configuration.enumerated() {
            environment["GIT_CONFIG_KEY_\(index)"] = entry.key
            environment["GIT_CONFIG_VALUE_\(index)"] = entry.value
        }
        return environment
    }

    private var sshCommand: String {
        var words = ["ssh", "-F", "/dev/null", "-o", "BatchMode=yes", "-o", "ConnectTimeout=30"]
        if isUnsafe {
            words += ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
        } else {
            words += ["-o", "StrictHostKeyChecking=accept-new"]
            if let knownHostsPath { words += ["-o", Self.quote("UserKnownHostsFile=\"\(knownHostsPath)\"")] }
        }
        if let keyPath { words += ["-o", "IdentitiesOnly=yes", "-i", Self.quote(keyPath)] }
        return words.joined(separator: " ")
    }

    /// Scheme, host and port of an HTTP URL.
    private static func origin(of url: String) -> String? {
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), let scheme = url.firstIndex(of: ":") else {
            return nil
        }
        let rest = url[scheme...].dropFirst("://".count)
        return "\(url[..<scheme])://\(rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" })/"
    }

    /// `git` gives the command to a shell.
    private static func quote(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
