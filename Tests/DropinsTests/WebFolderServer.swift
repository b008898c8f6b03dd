import Files
import Glibc
import TestSupport

/// A real Apache with mod_dav on a free port of the loopback address, which serves a directory as ownCloud would. It ends
/// with the value.
final class WebFolderServer: Sendable {
    let port: UInt16
    private let process: Peer
    private let base: TemporaryDirectory

    private static let modules = [
        "mpm_event", "authz_core", "authn_core", "authn_file", "authz_user", "auth_basic", "alias", "dav", "dav_fs",
    ]

    init(_ directory: String, at path: String, user: String, password: String) throws {
        base = try TemporaryDirectory()
        let base = base.path
        unsafe chmod(base, 0o755)
        let digest = try Peer.run("openssl", ["passwd", "-apr1", password])
        try Files.write("\(user):\(digest)".utf8, to: "\(base)/users", permissions: 0o644)
        var settings = Self.modules.map { "LoadModule \($0)_module /usr/lib/apache2/modules/mod_\($0).so" }
        settings += [
            "ServerRoot \(base)", "ServerName localhost", "PidFile \(base)/pid", "ErrorLog \(base)/errors",
            "DocumentRoot \(base)", "Mutex pthread", "DavLockDB \(base)/locks", "Alias \(path) \(directory)",
            "<Location \(path)>", "Dav On", "AuthType Basic", "AuthName test", "AuthUserFile \(base)/users",
            "Require valid-user", "</Location>",
        ]
        if geteuid() == 0 { settings += ["User www-data", "Group www-data"] }
        (process, port) = try Listening.start { port in
            let all = settings + ["Listen 127.0.0.1:\(port)"]
            try Files.write((all.joined(separator: "\n") + "\n").utf8, to: "\(base)/config")
            return try Peer("/usr/sbin/apache2", ["-DFOREGROUND", "-f", "\(base)/config"])
        }
    }
}
