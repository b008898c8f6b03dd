import Files
import Glibc
import Synchronization

/// A real `sshd` on a free port of the loopback address that lets the current user in by key. It ends with the value.
package final class SecureShellServer: Sendable {
    /// What a login may do.
    package enum Service: Sendable {
        /// SFTP that begins in this directory; nothing else.
        case sftp(directory: String)
        /// Whatever the client asks for.
        case any
        /// This command, whatever the client asks for.
        case command(String)
    }

    package let port: UInt16
    package let user: String
    /// The server's public keys, as in `.pub` files.
    package let hostKeys: [String]
    private let process: Peer

    /// - Parameters:
    ///   - authorizedKeys: Lines of the `authorized_keys` file.
    ///   - hostKeys: Private key files; without any, an Ed25519 key is made.
    ///   - port: A port to use again; otherwise a free one.
    package init(
        in directory: TemporaryDirectory, authorizedKeys: [String], service: Service, hostKeys: [String] = [],
        port: UInt16? = nil
    ) throws {
        let base = "\(directory.path)/sshd-\(UInt32.random(in: 0...UInt32.max))"
        try Files.makeDirectory(base, permissions: 0o700)
        if geteuid() == 0 { try Files.makeDirectory("/run/sshd") }
        var keys = hostKeys
        if keys.isEmpty { keys = [try SecureShellKey(in: directory).path] }
        self.hostKeys = try keys.map { try Self.text(of: "\($0).pub") }
        try Files.write(
            Array(authorizedKeys.joined(separator: "\n").utf8), to: "\(base)/authorized_keys", permissions: 0o600)
        var settings = [
            "ListenAddress 127.0.0.1", "AuthorizedKeysFile \(base)/authorized_keys", "PidFile none", "UsePAM no",
            "StrictModes no", "PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin yes",
            "MaxStartups 200", "LogLevel VERBOSE", "PrintMotd no", "AcceptEnv none", "Subsystem sftp internal-sftp",
        ]
        settings += keys.map { "HostKey \($0)" }
        switch service {
        case .sftp(let directory): settings.append("ForceCommand internal-sftp -d \(directory)")
        case .command(let command): settings.append("ForceCommand \(command)")
        case .any: break
        }
        try Files.write(Array((settings.joined(separator: "\n") + "\n").utf8), to: "\(base)/config")
        user = unsafe getpwuid(geteuid()).map { unsafe String(cString: $0.pointee.pw_name) } ?? "root"
        (process, self.port) = try Self.start(config: "\(base)/config", port: port)
    }

    /// Between choosing a free port and listening somebody else may have taken it: then another is tried.
    private static func start(config: String, port: UInt16?) throws -> (Peer, UInt16) {
        var last = ""
        for _ in 0..<10 {
            let candidate = try port ?? freePort()
            let process = try Peer("/usr/sbin/sshd", ["-D", "-e", "-f", config, "-p", "\(candidate)"])
            do {
                while true {
                    last = try process.line()
                    if last.contains("Server listening") { return (process, candidate) }
                }
            } catch let failure as Peer.Failure {
                last += failure.description
            }
        }
        throw Peer.Failure(description: "sshd does not start: \(last)")
    }

    /// A port of the loopback address that nobody listens on, each time another one.
    ///
    /// They lie below the range from which the kernel takes the ports of outgoing connections (32768 and up), so that
    /// only another run of tests could take one before it is used.
    package static func freePort() throws -> UInt16 {
        for _ in 0..<1000 {
            let port = 20000 + UInt16((lastPort.wrappingAdd(1, ordering: .relaxed).newValue) % 12000)
            if canListen(on: port) { return port }
        }
        throw Peer.Failure(description: "no free port")
    }

    private static let lastPort = Atomic(Int(getpid()) * 97)

    private static func canListen(on port: UInt16) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(socket, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// Ends the server and all its sessions at once, as a crash of its machine would.
    package func kill() {
        // Each session is a child in a process group of its own.
        let children = (try? Self.text(of: "/proc/\(process.process)/task/\(process.process)/children")) ?? ""
        process.kill()
        for child in children.split(separator: " ").compactMap({ Int32($0) }) { Glibc.kill(-child, SIGKILL) }
    }

    deinit { kill() }

    private static func text(of path: String) throws -> String {
        String(decoding: try Files.read(path), as: UTF8.self)
            .split(whereSeparator: \.isNewline).joined(separator: "\n")
    }
}

/// A key pair made by `ssh-keygen`, without passphrase.
package struct SecureShellKey: Sendable {
    /// The private key file; the public one has the same name with `.pub`.
    package let path: String
    /// The line of the public key file.
    package let publicKey: String

    /// - Parameter kind: As `ssh-keygen -t` takes it.
    package init(in directory: TemporaryDirectory, kind: String = "ed25519") throws {
        path = "\(directory.path)/key-\(UInt32.random(in: 0...UInt32.max))"
        try Peer.run("ssh-keygen", ["-q", "-t", kind, "-N", "", "-C", "test", "-f", path])
        publicKey = String(String(decoding: try Files.read("\(path).pub"), as: UTF8.self).prefix { !$0.isNewline })
    }
}
