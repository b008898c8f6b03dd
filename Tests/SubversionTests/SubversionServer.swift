import Files
import Glibc
import TestSupport

/// A real `svnserve` on a free port of the loopback address for the repositories in a directory. It ends with the value.
final class SubversionServer: Sendable {
    let port: UInt16
    private let process: Peer

    /// `svnserve` tells nobody when it listens, so that it is asked; each time waits this long for its answer.
    private static let patience: Int32 = 20
    private static let attempts = 500

    init(of directory: String) throws {
        port = try SecureShellServer.freePort()
        process = try Peer(
            "svnserve",
            ["-d", "--foreground", "-r", directory, "--listen-host", "127.0.0.1", "--listen-port", "\(port)"])
        for _ in 0..<Self.attempts {
            if Self.isListening(port) { return }
            poll(nil, 0, Self.patience)
        }
        throw FileError(.open, "svnserve", code: ETIMEDOUT)
    }

    private static func isListening(_ port: UInt16) -> Bool {
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

    /// Ends the server at once.
    func kill() { process.kill() }
}
