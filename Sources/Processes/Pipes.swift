internal import Files
import Glibc

/// Our ends of a running program's pipes, served together by `poll`: whichever of them the program is waiting for,
/// it cannot stop us serving the others, so neither side can wait for the other for ever.
struct Pipes: ~Copyable, Sendable {
    let program: Program
    var input: Descriptor?
    var output: Descriptor?
    var errors: Descriptor?

    /// What is still to be written to the input.
    private var pending = ByteQueue()
    /// Whether the input closes once all is written.
    private var closesInput = false
    /// Output that came while we were writing.
    private var held = ByteQueue()
    /// The last bytes of the standard error, at most twice the limit.
    private var errorTail: [UInt8] = []
    private let errorLimit: Int
    private var chunk = [UInt8](repeating: 0, count: 64 << 10)

    /// The most output kept while we write input: a program that answers more than this to what it has
    /// not yet read whole is not one to be driven by `Process.write`.
    static let heldLimit = 64 << 20

    init(_ invocation: Invocation) {
        program = invocation.program
        errorLimit = if case .captured(let limit) = invocation.errors { limit } else { 0 }
        if case .bytes(let bytes) = invocation.input {
            pending.append(bytes[...])
            closesInput = true
        }
    }

    /// Opens the pipes that the invocation asks for and starts the program with their other ends.
    mutating func start(_ invocation: Invocation) throws(ProcessError) -> pid_t {
        var ends = ProgramEnds()
        var standard = Spawn.Standard()
        switch invocation.input {
        case .none: break
        case .bytes, .pipe:
            let pipe = try Pipe(for: program)
            input = .some(pipe.writing)
            standard.input = pipe.reading.raw
            ends.input = .some(pipe.reading)
        case .descriptor(let descriptor): standard.input = descriptor
        }
        switch invocation.output {
        case .null: break
        case .pipe:
            let pipe = try Pipe(for: program)
            output = .some(pipe.reading)
            standard.output = pipe.writing.raw
            ends.output = .some(pipe.writing)
        case .inherited: standard.output = 1
        case .descriptor(let descriptor): standard.output = descriptor
        }
        switch invocation.errors {
        case .null: break
        case .captured:
            let pipe = try Pipe(for: program)
            errors = .some(pipe.reading)
            standard.errors = pipe.writing.raw
            ends.errors = .some(pipe.writing)
        case .inherited: standard.errors = 2
        case .merged: standard.errors = standard.output
        }
        for descriptor in [input?.raw, output?.raw, errors?.raw] {
            guard let descriptor else { continue }
            guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else {
                throw ProcessError(.notStarted, program, errno: errno)
            }
        }
        // Without it the optimiser closes the ends as soon as their numbers are known.
        let process = try withExtendedLifetime(ends) { _ throws(ProcessError) in try Spawn.start(invocation, standard) }
        // With nothing to write there is no last write after which it would close.
        if closesInput, pending.isEmpty { input = nil }
        return process
    }

    /// The program's ends: closed here once it has its copies.
    private struct ProgramEnds: ~Copyable {
        var input: Descriptor?
        var output: Descriptor?
        var errors: Descriptor?
    }

    /// What a round of `poll` found.
    struct Ready {
        /// The output can be read without waiting, if only its end.
        var output = false
        /// Something moved.
        var any = false
    }

    var hasPendingInput: Bool { input != nil && !pending.isEmpty }
    var heldCount: Int { held.count }

    /// The end of the standard error so far.
    var errorEnd: [UInt8] { Array(errorTail.suffix(errorLimit)) }

    /// Waits until something can be done, at most `milliseconds` (-1: no limit), and serves standard error and input.
    ///
    /// - Parameter process: a descriptor that is readable when the process has ended, where that ends the waiting.
    mutating func serve(process: Int32?, milliseconds: Int32) throws(ProcessError) -> Ready {
        // `poll` passes over negative descriptors.
        var waiting = [
            pollfd(fd: output?.raw ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors?.raw ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: hasPendingInput ? input?.raw ?? -1 : -1, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: process ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        let count = unsafe poll(&waiting, 4, milliseconds)
        guard count >= 0 else {
            if errno == EINTR { return Ready() }
            throw ProcessError(.communication, program, errno: errno)
        }
        if waiting[1].revents != 0 { try readErrors() }
        if waiting[2].revents != 0 { try writeInput() }
        return Ready(output: waiting[0].revents != 0, any: count > 0)
    }

    /// Has `serve` write the bytes.
    mutating func queueInput(_ bytes: [UInt8], closing: Bool) {
        pending.append(bytes[...])
        closesInput = closesInput || closing
        if closing && pending.isEmpty { input = nil }
    }

    /// Reads output into `buffer`; 0 is the end, `nil` that there is nothing now.
    mutating func readOutput(into buffer: inout [UInt8]) throws(ProcessError) -> Int? {
        if !held.isEmpty { return held.take(into: &buffer) }
        guard let descriptor = output?.raw else { return 0 }
        let count = try readAvailable(descriptor, of: program, into: &buffer)
        if count == 0 { output = nil }
        return count
    }

    /// Puts output that can be read aside, so that the program can go on reading what we write.
    mutating func holdOutput() throws(ProcessError) {
        guard let descriptor = output?.raw, let count = try readAvailable(descriptor, of: program, into: &chunk) else {
            return
        }
        if count == 0 { output = nil }
        held.append(chunk[..<count])
    }

    mutating func dropOutput() throws(ProcessError) {
        held = ByteQueue()
        guard let descriptor = output?.raw else { return }
        if try readAvailable(descriptor, of: program, into: &chunk) == 0 { output = nil }
    }

    /// Reads what the standard error holds now.
    mutating func readErrors() throws(ProcessError) {
        while let descriptor = errors?.raw, let count = try readAvailable(descriptor, of: program, into: &chunk) {
            if count == 0 { errors = nil }
            errorTail += chunk[..<count]
            if errorTail.count > 2 * errorLimit { errorTail.removeFirst(errorTail.count - errorLimit) }
            if count < chunk.count { return }
        }
    }

    /// Writes what the input takes now. A program that reads no further is no failure here: its status tells.
    private mutating func writeInput() throws(ProcessError) {
        guard let descriptor = input?.raw else { return }
        let count = unsafe pending.withNext { bytes in
            withoutBrokenPipeSignal { unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
        }
        if count >= 0 {
            pending.drop(count)
        } else if errno == EPIPE {
            pending = ByteQueue()
            input = nil
        } else if errno != EAGAIN && errno != EINTR {
            throw ProcessError(.communication, program, errno: errno)
        }
        if pending.isEmpty && closesInput { input = nil }
    }
}

/// One `read` of a descriptor that does not block; `nil` when there is nothing to read now.
private func readAvailable(
    _ descriptor: Int32, of program: Program, into buffer: inout [UInt8]
) throws(ProcessError) -> Int? {
    while true {
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 { return count }
        if errno == EAGAIN { return nil }
        if errno != EINTR { throw ProcessError(.communication, program, errno: errno) }
    }
}

/// Runs one call, during which this thread takes no `SIGPIPE`, whatever this process does with that signal.
private func withoutBrokenPipeSignal(_ call: () -> Int) -> Int {
    var brokenPipe = sigset_t()
    unsafe sigemptyset(&brokenPipe)
    unsafe sigaddset(&brokenPipe, SIGPIPE)
    var before = sigset_t()
    unsafe pthread_sigmask(SIG_BLOCK, &brokenPipe, &before)
    let count = call()
    let code = errno
    if count < 0 && code == EPIPE {
        // The signal of this call is pending on this thread: take it before the mask goes back.
        var atOnce = timespec()
        unsafe sigtimedwait(&brokenPipe, nil, &atOnce)
    }
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    errno = code
    return count
}
