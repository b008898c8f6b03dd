import Glibc

/// An advisory lock on a file (`flock`), held as long as the value lives; a crash frees it.
package struct FileLock: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Takes the lock at once.
    /// - Throws: `FileError` with `EWOULDBLOCK` when another process holds it.
    package init(_ path: String) throws(FileError) {
        let descriptor = try Descriptor(path, .update(permissions: 0o600))
        guard flock(descriptor.raw, LOCK_EX | LOCK_NB) == 0 else { throw FileError(.lock, path) }
        self.descriptor = descriptor
    }
}
