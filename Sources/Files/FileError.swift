import Glibc

/// What went wrong with a file, with the path and the system's reason.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The operation that failed.
    package enum Operation: String, Sendable {
        case open, read, write, create, rename, remove, list, lock, inspect, synchronise
    }

    package let operation: Operation
    package let path: String
    /// The `errno` of the failed call.
    package let code: Int32

    package init(_ operation: Operation, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// The system's text for the code, e.g. "No such file or directory".
    package var reason: String { unsafe String(cString: strerror(code)) }

    package var isMissing: Bool { code == ENOENT }
    package var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }
    package var isReadOnly: Bool { code == EROFS }
    /// The far end of the pipe is closed.
    package var isReaderGone: Bool { code == EPIPE }
    /// A link, or something else than a regular file, lies where one was to be read.
    package var isNotRegular: Bool { operation == .open && (code == EINVAL || code == ELOOP) }
    /// Another process has the lock.
    package var isHeldElsewhere: Bool { operation == .lock && code == EWOULDBLOCK }

    package var description: String { "cannot \(operation.rawValue) \(path): \(reason)" }
}
