import Files
import Glibc

/// A PostgreSQL server of one test, reached through a socket in its own directory. PostgreSQL does not run as root, so
/// that a test as root runs it as the account `postgres`.
package final class DatabaseServer {
    private let directory: TemporaryDirectory
    private let server: Peer

    /// What libpq takes to reach it.
    package var address: String { "postgresql:///postgres?host=\(directory.path)&user=postgres" }

    package init() throws {
        directory = try TemporaryDirectory()
        let data = "\(directory.path)/data"
        let programs = try Self.programs()
        if geteuid() == 0 { try Self.run(["chown", "postgres", directory.path]) }
        let initialisation =
            [
                "\(programs)/initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8",
                "--locale=C.UTF-8",
            ]
        try Self.run(Self.unprivileged(initialisation))
        let words = Self.unprivileged([
            "\(programs)/postgres", "-D", data, "-k", directory.path, "-c", "listen_addresses=", "-c", "fsync=off",
            "-c", "log_min_messages=log", "-c", "log_checkpoints=off",
        ])
        server = try Peer(words[0], Array(words.dropFirst()), directory: directory.path)
        _ = try server.line(containing: "database system is ready to accept connections")
    }

    private static func unprivileged(_ words: [String]) -> [String] {
        geteuid() == 0
            ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--"] + words : words
    }

    private static func run(_ words: [String]) throws {
        try Peer.run(words[0], Array(words.dropFirst()), directory: "/")
    }

    /// Debian keeps the server's programs out of PATH, by version.
    private static func programs() throws -> String {
        let root = "/usr/lib/postgresql"
        guard try Files.status(root) != nil, let version = try Files.list(root).sorted().last else {
            throw Peer.Failure(description: "there is no PostgreSQL server: install the Debian package postgresql")
        }
        return "\(root)/\(version)/bin"
    }
}
