import Configuration

/// The way to one source: which protocol, which login, which URL.
struct Route {
    let kind: SourceKind
    /// As defined, in the long form.
    let original: SourceURL
    /// The same with the host and port that count.
    let url: SourceURL
    let section: CredentialsFile.Section
    let options: SourceOptions
    let variable: (String) -> String?

    struct Connection {
        let transport: ResolvedSource.Transport
        let url: String
        var user: String?
        var password: Secret?
        var keyPath: String?
    }

    var connection: Connection {
        if original.scheme == secureScheme || section.isSet("env") { return secureShell }
        if original.isHTTP { return web }
        return asDefined
    }

    private var secureScheme: String { kind == .subversion ? "svn+ssh" : "ssh" }

    /// What is set for the protocol, be it falsy, else what is set for all, else the user of the URL.
    private func user(for proto: String) -> String? {
        if let user = options.user { return user }
        let configured = section.raw("username.\(proto)") ?? section.raw("username")
        return configured.flatMap { FalsyWord.matches($0) ? nil : $0 } ?? original.user
    }

    private var secureShell: Connection {
        let user = user(for: "ssh")
        var path = trimmed(original.path)
        if original.isHTTP, let prefix = strippedPrefix, path == prefix || path.hasPrefix("\(prefix)/") {
            path.removeFirst(prefix.count)
        }
        let login = user.map { "\($0)@" } ?? ""
        // Git alone has the short form, which has no place for a port.
        let isShort = kind != .subversion && kind != .tfvc && url.port == nil
        let text =
            isShort
            ? "\(login)\(url.authority):\(path.drop { $0 == "/" })"
            : "\(secureScheme)://\(login)\(url.authority)\(path)"
        return Connection(
            transport: .ssh, url: text, user: user,
            keyPath: options.keyPath ?? section.value("env").flatMap(variable))
    }

    /// `/prefix`, with one slash in front however it is written.
    private var strippedPrefix: String? {
        let parts = section.value("strip")?.split(separator: "/") ?? []
        return parts.isEmpty ? nil : parts.map { "/\($0)" }.joined()
    }

    /// A login over HTTP takes both a user and a password; the user of the URL alone is left out.
    private var web: Connection {
        var plain = url
        plain.userInfo = nil
        plain.path = trimmed(plain.path)
        let password = options.password ?? options.token.flatMap(Self.first) ?? section.secret("password")
        var user = user(for: "http")?.percentDecoded
        // Servers take any name with a token; this is the one that GitLab wants for those of OAuth.
        if user == nil, options.password == nil, options.token != nil { user = "oauth2" }
        let hasLogin = user != nil && password != nil
        return Connection(
            transport: .http, url: plain.text, user: hasLogin ? user : nil, password: hasLogin ? password : nil)
    }

    /// Of several tokens for the API, the one to log in with.
    private static func first(_ tokens: Secret) -> Secret? {
        tokens.revealed.split { $0 == "," || $0 == " " }.first.map { Secret(String($0)) }
    }

    /// A path, or a protocol without a form of its own here. Only Subversion's takes a login.
    private var asDefined: Connection {
        guard original.scheme == "svn" else {
            var plain = original
            if plain.hasPassword { plain.userInfo = plain.user }
            plain.path = trimmed(plain.path)
            return Connection(transport: .other, url: plain == original ? original.text : plain.text)
        }
        var plain = url
        plain.userInfo = nil
        plain.path = trimmed(plain.path)
        return Connection(
            transport: .other, url: plain.text, user: user(for: "http"),
            password: options.password ?? section.secret("password"))
    }

    /// Of a Subversion path, without the trunk: what is gathered is the whole of the directory above it.
    private func trimmed(_ path: String) -> String {
        guard kind == .subversion else { return path }
        var path = path[...]
        if path.hasSuffix("/trunk/") { path = path.dropLast() }
        return String(path.hasSuffix("/trunk") ? path.dropLast(6) : path)
    }
}

extension String {
    /// With `%41` and the like replaced; as it stands where that is not UTF-8 or no such escape.
    var percentDecoded: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let text = String(digits),
                text.allSatisfy(\.isHexDigit), let decoded = UInt8(text, radix: 16)
            {
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self) ?? self
    }
}
