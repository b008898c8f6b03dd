internal import CLinux
import Glibc

/// Owns one open file descriptor; it closes with the value. Every descriptor is close-on-exec.
package struct Descriptor: ~Copyable, Sendable {
    package let raw: Int32
    /// The path it was opened with, for messages.
    package let path: String

    package enum Mode: Sendable {
        case read
        /// Reads a regular file that somebody else may have put there: a symbolic link is not followed, and nothing
        /// of another kind is opened or waited for.
        case readRegular
        /// Creates the file, or empties the one there is. Permission bits apply to a new file only.
        case replace(permissions: UInt32)
        /// Creates the file and fails where there is one, a symbolic link included.
        case createNew(permissions: UInt32)
        /// Writes at the end of the file, which is created where there is none.
        case append(permissions: UInt32)
        /// Reads and writes; creates the file where there is none.
        case update(permissions: UInt32)
    }

    package init(_ path: String, _ mode: Mode) throws(FileError) {
        let (flags, permissions): (Int32, UInt32) =
            switch mode {
            case .read: (O_RDONLY, 0)
            case .readRegular: (O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)
            case .replace(let permissions): (O_WRONLY | O_CREAT | O_TRUNC, permissions)
            case .createNew(let permissions): (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, permissions)
            case .append(let permissions): (O_WRONLY | O_CREAT | O_APPEND, permissions)
            case .update(let permissions): (O_RDWR | O_CREAT, permissions)
            }
        let raw = unsafe gathering_open(path, flags | O_CLOEXEC, permissions)
        guard raw >= 0 else { throw FileError(.open, path) }
        if case .readRegular = mode {
            var status = stat()
            guard unsafe fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                close(raw)
                throw FileError(.open, path, code: EINVAL)
            }
        }
        self.raw = raw
        self.path = path
    }

    /// Takes over an open descriptor, which must be close-on-exec; the name is for messages.
    package init(adopting raw: Int32, named path: String) {
        self.raw = raw
        self.path = path
    }

    deinit { close(raw) }

    /// Reads up to `count` bytes; an empty answer is the end of the file.
    package func read(upTo count: Int) throws(FileError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var got = -1
            repeat { got = unsafe Glibc.read(raw, buffer.baseAddress, count) } while got < 0 && errno == EINTR
            if got < 0 { failure = errno }
            filled = max(got, 0)
        }
        guard failure == 0 else { throw FileError(.read, path, code: failure) }
        return bytes
    }

    package func write(_ bytes: some Sequence<UInt8>) throws(FileError) {
        let contiguous = bytes.withContiguousStorageIfAvailable { unsafe writeAll(UnsafeRawBufferPointer($0)) }
        let failure = unsafe contiguous ?? Array(bytes).withUnsafeBytes { unsafe writeAll($0) }
        guard failure == 0 else { throw FileError(.write, path, code: failure) }
    }

    /// Writes the whole buffer; the answer is 0 or the `errno`.
    private func writeAll(_ buffer: UnsafeRawBufferPointer) -> Int32 {
        var offset = 0
        while offset < buffer.count {
            let count = unsafe Glibc.write(raw, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            offset += count
        }
        return 0
    }

    /// Returns once the content is on the disk.
    package func synchronise() throws(FileError) {
        guard fsync(raw) == 0 else { throw FileError(.synchronise, path) }
    }

    /// Moves the place of the next read or write.
    package func seek(to offset: Int) throws(FileError) {
        guard lseek(raw, offset, SEEK_SET) >= 0 else { throw FileError(.read, path) }
    }

    /// Size, kind and permissions of the open file.
    package func inspect() throws(FileError) -> Files.Status {
        var status = stat()
        guard unsafe fstat(raw, &status) == 0 else { throw FileError(.inspect, path) }
        return Files.Status(status)
    }
}
