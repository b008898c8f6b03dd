import Glibc

/// One of the three streams every process is started with; nobody owns it, so it is never closed.
package enum StandardStream: Int32, Sendable {
    case input = 0
    case output = 1
    case error = 2

    /// The name for messages.
    package var path: String {
        switch self {
        case .input: "standard input"
        case .output: "standard output"
        case .error: "standard error"
        }
    }

    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// The width of the terminal in characters; `nil` where there is none or it does not know.
    package var columns: Int? {
        var size = winsize()
        guard unsafe ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes all bytes, in one system call where the system takes them at once.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        let failure = unsafe bytes.withUnsafeBytes { unsafe writeWhole($0, to: rawValue) }
        guard failure == 0 else { throw FileError(.write, path, code: failure) }
    }
}

/// Writes the whole buffer; the answer is 0 or the `errno`. A descriptor that does not block is waited for.
func writeWhole(_ buffer: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var offset = 0
    while offset < buffer.count {
        let count = unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
        if count >= 0 {
            offset += count
        } else if errno == EAGAIN {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            unsafe poll(&waiting, 1, -1)
        } else if errno != EINTR {
            return errno
        }
    }
    return 0
}
