import Glibc

/// A real program that a test talks to. It runs in a process group of its own, inherits nothing but the standard
/// descriptors, and is killed with its group when the value ends.
package final class Peer: @unchecked Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    package let process: Int32
    /// The read end of what the program writes to standard output and standard error.
    private let output: Int32
    /// Open as long as the program may run: scripts end when their standard input does, even if the test crashes.
    private let input: Int32
    private var isReaped = false
    private var unread: [UInt8] = []

    /// - Parameter executable: An absolute path, or a name found in `PATH`.
    package init(
        _ executable: String, _ arguments: [String], environment: [String: String]? = nil, directory: String? = nil
    ) throws {
        let toProgram = try Self.channel()
        let fromProgram = try Self.channel()
        defer {
            close(toProgram.read)
            close(fromProgram.write)
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, toProgram.read, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, fromProgram.write, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, fromProgram.write, 2)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))

        var process: pid_t = 0
        // Where a program starts has no portable attribute; `env` sets it.
        let words = (directory.map { ["env", "-C", $0] } ?? []) + [executable] + arguments
        var pointers = unsafe words.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { unsafe pointers.forEach { unsafe free($0) } }
        var variables = unsafe (environment ?? [:]).map { unsafe strdup("\($0.key)=\($0.value)") }
        unsafe variables.append(nil)
        defer { unsafe variables.forEach { unsafe free($0) } }
        let code = unsafe variables.withUnsafeMutableBufferPointer { variables in
            unsafe posix_spawnp(
                &process, words[0], &actions, &attributes, pointers,
                environment == nil ? environ : variables.baseAddress)
        }
        guard code == 0 else {
            close(toProgram.write)
            close(fromProgram.read)
            throw Failure(description: "cannot start \(executable): \(unsafe String(cString: strerror(code)))")
        }
        self.process = process
        input = toProgram.write
        output = fromProgram.read
    }

    deinit {
        kill()
        close(input)
        close(output)
    }

    /// Ends the program and what it started, at once.
    package func kill() {
        guard !isReaped else { return }
        Glibc.kill(-process, SIGKILL)
        _ = wait()
    }

    /// Waits for the program's end; its exit status, or 128 + signal.
    package func wait() -> Int32 {
        guard !isReaped else { return -1 }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
        isReaped = true
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
    }

    /// The next line of the program's output, without its end.
    /// - Throws: `Failure` when the output ends or nothing comes for a long time.
    package func line() throws -> String {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            guard try readMore() else {
                throw Failure(description: "the program ended: \(String(decoding: unread, as: UTF8.self))")
            }
        }
    }

    /// Reads up to the line that holds `text` and returns it.
    package func line(containing text: String) throws -> String {
        while true {
            let line = try line()
            if line.contains(text) { return line }
        }
    }

    /// All that the program still writes, up to the end of its output.
    package func rest() throws -> String {
        while try readMore() {}
        defer { unread = [] }
        return String(decoding: unread, as: UTF8.self)
    }

    private func readMore() throws -> Bool {
        var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        // What writes may wait for other tasks of the test, which wait for those of all others on a slow machine; a test fails
        // here rather than hanging for ever.
        guard unsafe poll(&waiting, 1, 600_000) > 0 else { throw Failure(description: "no output for ten minutes") }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            count = max(0, unsafe read(output, buffer.baseAddress, 65536))
        }
        unread += bytes
        return !bytes.isEmpty
    }

    /// Runs a program to its end and returns all it wrote.
    /// - Throws: `Failure` with the output when it does not end with 0.
    @discardableResult
    package static func run(
        _ executable: String, _ arguments: [String], environment: [String: String]? = nil, directory: String? = nil
    ) throws -> String {
        let program = try Peer(executable, arguments, environment: environment, directory: directory)
        while try program.readMore() {}
        let text = String(decoding: program.unread, as: UTF8.self)
        let status = program.wait()
        guard status == 0 else { throw Failure(description: "\(executable) ended with \(status): \(text)") }
        return text
    }

    /// A pair of sockets rather than a pipe, because they can be made close-on-exec at once: a program that another
    /// test starts meanwhile must not keep an end open.
    private static func channel() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Failure(description: "no socket pair") }
        return (ends[0], ends[1])
    }
}
