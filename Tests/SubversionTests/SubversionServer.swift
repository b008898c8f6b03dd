import TestSupport

/// A real `svnserve` on a free port of the loopback address for the repositories in a directory. It ends with the value.
final class SubversionServer: Sendable {
    let port: UInt16
    private let process: Peer

    init(of directory: String) throws {
        (process, port) = try Listening.start { port in
            try Peer(
                "svnserve",
                ["-d", "--foreground", "-r", directory, "--listen-host", "127.0.0.1", "--listen-port", "\(port)"])
        }
    }

    /// Ends the server at once.
    func kill() { process.kill() }
}
