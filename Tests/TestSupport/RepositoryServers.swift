import Files
import Glibc

/// A real `git daemon` on a free port of the loopback address for the repositories in a directory. It ends with the
/// value.
package final class GitDaemon: Sendable {
    package let port: UInt16
    private let process: Peer

    package init(of directory: String) throws {
        (process, port) = try Listening.start { port in
            try Peer(
                "git",
                [
                    "-c", "safe.directory=*", "daemon", "--reuseaddr", "--export-all", "--base-path=\(directory)",
                    "--listen=127.0.0.1", "--port=\(port)",
                ])
        }
    }
}

/// A real Apache on a free port of the loopback address for the repositories in a directory: Git's at `/git/`,
/// Subversion's at `/svn/`. It ends with the value.
package final class WebRepositoryServer: Sendable {
    package let port: UInt16
    private let process: Peer
    private let base: TemporaryDirectory

    /// What Debian's packages `apache2-bin` and `libapache2-mod-svn` bring.
    private static let modules = [
        "mpm_prefork", "authz_core", "authn_core", "authn_file", "authz_user", "auth_basic", "alias", "env", "cgi",
        "dav", "dav_svn", "authz_svn", "ssl",
    ]

    /// - Parameters:
    ///   - folder: a folder in it with the repositories, where they lie deeper.
    ///   - login: who may read; without one everybody may.
    ///   - certificate: what to speak TLS with; without one it does not.
    ///   - rights: a Subversion file of rights.
    ///   - watchesProcesses: whether each request to Git has it note what all processes of the machine were started with.
    package init(
        of directory: TemporaryDirectory, folder: String = "", login: (user: String, password: String)? = nil,
        certificate: TestCertificate? = nil, rights: String? = nil, watchesProcesses: Bool = false
    ) throws {
        // It gives up being root, and must get at the repositories all the same.
        let own = try TemporaryDirectory()
        let base = own.path
        for path in [directory.path, base] { unsafe chmod(path, 0o755) }
        self.base = own
        var backend = "/usr/lib/git-core/git-http-backend"
        if watchesProcesses {
            let script = """
                #!/bin/sh
                cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0\\n' '  ' >> "\(base)/seen/processes"
                exec \(backend)

                """
            backend = "\(base)/witness"
            try Files.write(script.utf8, to: backend)
            try Files.makeDirectory("\(base)/seen")
            unsafe chmod(backend, 0o755)
            unsafe chmod("\(base)/seen", 0o777)
        }
        var settings = Self.modules.map { "LoadModule \($0)_module /usr/lib/apache2/modules/mod_\($0).so" }
        settings += [
            "ServerRoot \(base)", "ServerName localhost", "PidFile \(base)/pid", "ErrorLog \(base)/errors",
            "DocumentRoot \(base)", "StartServers 4", "KeepAliveTimeout 5", "Mutex pthread", "MaxKeepAliveRequests 0",
            "ScriptAlias /git/ \(backend)/", "SetEnv GIT_PROJECT_ROOT \(directory.path)",
            "SetEnv GIT_HTTP_EXPORT_ALL", "SetEnv GIT_CONFIG_COUNT 1", "SetEnv GIT_CONFIG_KEY_0 safe.directory",
            "SetEnv GIT_CONFIG_VALUE_0 *",
            "<Location /svn>", "DAV svn", "SVNParentPath \(directory.path)/\(folder)",
            rights == nil ? "" : "AuthzSVNAccessFile \(base)/rights", "</Location>",
        ]
        if geteuid() == 0 { settings += ["User www-data", "Group www-data"] }
        if let rights { try Files.write(rights.utf8, to: "\(base)/rights") }
        if let login {
            let digest = try Peer.run("openssl", ["passwd", "-apr1", login.password])
            try Files.write("\(login.user):\(digest)".utf8, to: "\(base)/users")
            settings += [
                "<Location />", "AuthType Basic", "AuthName test", "AuthUserFile \(base)/users", "Require valid-user",
                "</Location>",
            ]
        }
        if let certificate {
            settings += [
                "SSLEngine on", "SSLCertificateFile \(certificate.certificate)",
                "SSLCertificateKeyFile \(certificate.key)",
            ]
        }
        (process, port) = try Listening.start { port in
            let all = settings + ["Listen 127.0.0.1:\(port)"]
            try Files.write((all.joined(separator: "\n") + "\n").utf8, to: "\(base)/config")
            return try Peer("/usr/sbin/apache2", ["-DFOREGROUND", "-f", "\(base)/config"])
        }
    }
}

extension WebRepositoryServer {
    /// What all processes were started with while requests were answered.
    package var processes: String {
        get throws { String(decoding: try Files.read("\(base.path)/seen/processes"), as: UTF8.self) }
    }
}

/// A real Apache on a free port of the loopback address as a proxy for HTTPS, with a login. It ends with the value.
package final class ProxyServer: Sendable {
    package let port: UInt16
    private let process: Peer
    private let base: TemporaryDirectory

    package init(user: String, password: String) throws {
        base = try TemporaryDirectory()
        let base = base.path
        unsafe chmod(base, 0o755)
        let digest = try Peer.run("openssl", ["passwd", "-apr1", password])
        try Files.write("\(user):\(digest)".utf8, to: "\(base)/users")
        let modules = [
            "mpm_event", "authz_core", "authn_core", "authn_file", "authz_user", "auth_basic", "proxy", "proxy_connect",
        ]
        var settings = modules.map { "LoadModule \($0)_module /usr/lib/apache2/modules/mod_\($0).so" }
        settings += [
            "ServerRoot \(base)", "ServerName localhost", "PidFile \(base)/pid", "ErrorLog \(base)/errors",
            "DocumentRoot \(base)", "LogFormat \"%u %m %U%q %>s\" plain", "CustomLog \(base)/requests plain",
            "Mutex pthread",
            "ProxyRequests On", "AllowCONNECT 1024-65535",
            "<Proxy *>", "AuthType Basic", "AuthName proxy", "AuthUserFile \(base)/users", "Require valid-user",
            "</Proxy>",
        ]
        if geteuid() == 0 { settings += ["User www-data", "Group www-data"] }
        (process, port) = try Listening.start { port in
            let all = settings + ["Listen 127.0.0.1:\(port)"]
            try Files.write((all.joined(separator: "\n") + "\n").utf8, to: "\(base)/config")
            return try Peer("/usr/sbin/apache2", ["-DFOREGROUND", "-f", "\(base)/config"])
        }
    }

    /// One line for each request: user, method, host and port, status.
    package func requests() throws -> [String] {
        String(decoding: try Files.read("\(base.path)/requests"), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// Servers that tell nobody when they listen, so that they are asked.
package enum Listening {
    /// What each question may take, in milliseconds.
    private static let patience: Int32 = 20
    private static let attempts = 1500

    /// Starts a server on a free port and returns when it takes connections.
    package static func start(_ server: (_ port: UInt16) throws -> Peer) throws -> (Peer, UInt16) {
        let port = try SecureShellServer.freePort()
        let process = try server(port)
        for _ in 0..<attempts {
            if takesConnections(port) { return (process, port) }
            poll(nil, 0, patience)
        }
        throw FileError(.open, "127.0.0.1:\(port)", code: ETIMEDOUT)
    }

    private static func takesConnections(_ port: UInt16) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(socket, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
