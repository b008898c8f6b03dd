import Glibc
import TestSupport

/// A file system of 2 MiB in memory, there as long as the value lives.
final class SmallDisk: Sendable {
    private let path: String

    static let isPossible =
        geteuid() == 0
        && (try? Peer.run("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/tmp"])) != nil

    init(at path: String) throws {
        self.path = path
        try Peer.run("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", path])
    }

    func grow() throws { try Peer.run("mount", ["-o", "remount,size=20m", path]) }

    /// At once for new users; sessions of a server that is ending may still be in it.
    deinit { _ = try? Peer.run("umount", ["-l", path]) }
}
