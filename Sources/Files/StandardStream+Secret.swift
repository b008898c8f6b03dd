import Glibc

extension StandardStream {
    /// Asks at the terminal of standard input for a line that is not shown. The question goes to standard error.
    ///
    /// Control-C and control-D are read as keys, so that the terminal is always as before when this returns.
    /// - Returns: `nil` when the one who was asked gave up.
    package static func askSecretly(_ question: String) throws(FileError) -> [UInt8]? {
        var before = termios()
        guard unsafe tcgetattr(input.rawValue, &before) == 0 else {
            throw FileError(.read, input.path, code: errno)
        }
        var quiet = before
        quiet.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard unsafe tcsetattr(input.rawValue, TCSAFLUSH, &quiet) == 0 else {
            throw FileError(.read, input.path, code: errno)
        }
        defer { _ = unsafe tcsetattr(input.rawValue, TCSAFLUSH, &before) }
        try error.write(Array(question.utf8))
        let line = try readKeys()
        try error.write(Array("\n".utf8))
        return line
    }

    private static func readKeys() throws(FileError) -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            guard let key = try input.read(upTo: 1).first else { return nil }
            switch key {
            case 0x0A, 0x0D: return line
            case 0x03: return nil
            case 0x04: if line.isEmpty { return nil }
            case 0x15: line = []
            case 0x08, 0x7F:
                // A whole character: the bytes that continue it, then its first.
                while let last = line.popLast(), last & 0xC0 == 0x80 {}
            default: if line.count < 4096 { line.append(key) }
            }
        }
    }

    /// Reads what is there, at most so many bytes; none at the end.
    func read(upTo count: Int) throws(FileError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        while true {
            let found = unsafe Glibc.read(rawValue, &buffer, count)
            if found >= 0 { return Array(buffer.prefix(found)) }
            guard errno == EINTR else { throw FileError(.read, path, code: errno) }
        }
    }

    /// Reads to the end.
    /// - Returns: `nil` where there is more than `limit` bytes.
    package func readAll(limit: Int) throws(FileError) -> [UInt8]? {
        var content: [UInt8] = []
        while content.count <= limit {
            let more = try read(upTo: limit + 1 - content.count)
            if more.isEmpty { return content }
            content += more
        }
        return nil
    }
}
