import Glibc

/// A file system of 2 MiB in memory, there as long as the value lives.
package final class SmallDisk: Sendable {
    private let path: String

    package static let isPossible =
        geteuid() == 0
        && (try? Peer.run("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/tmp"])) != nil

    package init(at path: String) throws {
        self.path = path
        try Peer.run("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", path])
    }

    package func grow() throws { try Peer.run("mount", ["-o", "remount,size=20m", path]) }

    /// Something else is in its place from now on, which cannot be written to. Whoever has files open keeps them.
    package func freeze() throws { try Peer.run("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", path]) }

    package func thaw() throws { try Peer.run("umount", [path]) }

    /// Takes up all that is left.
    package func fill() {
        // It ends when the disk is full, which is an error to everybody else.
        _ = Shell.run("cat /dev/zero > \"$1/filling\"", path)
    }

    package func empty() { _ = Shell.run("rm -f \"$1/filling\"", path) }

    /// At once for new users; sessions of a server that is ending may still be in it.
    deinit { _ = try? Peer.run("umount", ["-l", path]) }
}
