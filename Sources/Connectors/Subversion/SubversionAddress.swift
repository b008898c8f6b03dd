/// Where a repository is, taken apart as far as access needs it.
struct SubversionAddress: Equatable {
    enum Scheme: String {
        case file, svn, http, https
        case ssh = "svn+ssh"
    }

    let scheme: Scheme
    /// What `svn` is given: without password, final slashes and `/trunk`; the user stands in it for `svn+ssh` only.
    let url: String
    /// Whether the URL named `/trunk`.
    let namesTrunk: Bool
    /// The user that the URL named.
    let userName: String?
    /// The port for `ssh`, which `svn` cannot be told in a URL.
    let sshPort: String?

    /// - Parameters:
    ///   - text: a URL or an absolute path.
    ///   - userName: goes before the user of the URL.
    /// - Throws: `SubversionError` with the code `unsupportedAddress`.
    init(_ text: String, userName: String? = nil) throws(SubversionError) {
        func refusal(_ reason: String) -> SubversionError { SubversionError(.unsupportedAddress, subject: reason) }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw refusal("it holds a control character")
        }
        let full = text.hasPrefix("/") ? "file://\(Self.encoded(text))" : text
        guard let colon = full.firstIndex(of: ":"), full[colon...].hasPrefix("://") else {
            throw refusal("expected a URL or an absolute path")
        }
        guard let scheme = Scheme(rawValue: full[..<colon].lowercased()) else {
            throw refusal("expected one of the schemes file, svn, svn+ssh, http and https")
        }
        self.scheme = scheme
        let rest = full[full.index(colon, offsetBy: 3)...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<slash]
        var path = rest[slash...]

        var user: String?
        if let at = authority.lastIndex(of: "@") {
            user = authority[..<at].split(separator: ":", omittingEmptySubsequences: false).first.map(String.init)
            authority = authority[authority.index(after: at)...]
        }
        self.userName = userName ?? user
        // A host that begins so would be an option to the program it is handed to.
        guard scheme == .file || !authority.isEmpty, !authority.hasPrefix("-"), self.userName?.first != "-" else {
            throw refusal("expected a host name")
        }
        (authority, sshPort) = scheme == .ssh ? Self.splitPort(authority) : (authority, nil)

        path = Self.withoutFinalSlashes(path)
        namesTrunk = path.hasSuffix("/trunk")
        if namesTrunk { path = Self.withoutFinalSlashes(path.dropLast("/trunk".count)) }
        let login = scheme == .ssh ? self.userName.map { "\($0)@" } ?? "" : ""
        // The root of a machine is a directory, too.
        url = "\(scheme.rawValue)://\(login)\(authority)\(scheme == .file && path.isEmpty ? "/" : path)"
    }

    /// The directory at a path below the URL as `svn` takes it, at a revision or the last one. What follows the last
    /// `@` is the revision, so that one in a name is harmless.
    func target(_ path: String = "", at revision: Int? = nil) -> String {
        "\(url)\(path.isEmpty || url.hasSuffix("/") ? path : "/\(path)")@\(revision.map(String.init) ?? "")"
    }

    private static func withoutFinalSlashes(_ path: Substring) -> Substring {
        var path = path
        while path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// `[::1]:2222` or `host:22`.
    private static func splitPort(_ authority: Substring) -> (Substring, String?) {
        guard let colon = authority.lastIndex(of: ":") else { return (authority, nil) }
        let port = authority[authority.index(after: colon)...]
        guard !port.isEmpty, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return (authority, nil) }
        return (authority[..<colon], String(port))
    }

    /// The path of a file as the path of a URL.
    private static func encoded(_ path: String) -> String {
        path.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
            case UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
