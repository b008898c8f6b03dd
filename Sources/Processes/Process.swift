internal import CLinux
internal import Files
import Glibc
import Synchronization

/// A running program.
///
/// Reading, writing and waiting block the calling thread: use them on a thread or an executor of one's own, one call
/// at a time (a second one waits for the first). `send` and `terminate` may be called from anywhere at any time.
/// A program that still runs when the last reference goes is killed, with all of its process group.
package final class Process: Sendable {
    package enum Signal: Sendable {
        case interrupt, terminate, kill

        fileprivate var number: Int32 {
            switch self {
            case .interrupt: SIGINT
            case .terminate: SIGTERM
            case .kill: SIGKILL
            }
        }
    }

    package let program: Program
    /// The id of the process and of its group.
    package let id: Int32

    private let pipes: Mutex<Pipes>
    private let exit = Mutex<Exit?>(nil)
    private let outputEnd: Invocation.OutputEnd
    private let deadlines: Deadlines
    /// Readable when the process has ended; -1 where the kernel (before 5.3) or a sandbox does not offer it.
    private let ending: Descriptor

    /// How long a program that went beyond its limits has to put things in order.
    private static let grace = Duration.seconds(2)
    /// How often we look whether the process has ended where nothing tells us.
    private static let lookMilliseconds: Int32 = 20

    /// Starts the program.
    /// - Throws: `ProcessError` with the code `notFound` or `notStarted`.
    package static func start(_ invocation: Invocation) throws(ProcessError) -> Process {
        var pipes = Pipes(invocation)
        let id = try pipes.start(invocation)
        return Process(invocation, id, pipes)
    }

    private init(_ invocation: Invocation, _ id: pid_t, _ pipes: consuming sending Pipes) {
        program = invocation.program
        self.id = id
        outputEnd = invocation.outputEnd
        deadlines = Deadlines(invocation.timeLimits)
        ending = Descriptor(adopting: gathering_pidfd_open(id), named: "process")
        self.pipes = Mutex(pipes)
    }

    deinit {
        exit.withLock { exit in
            if exit == nil { _ = reap(errors: []) }
        }
    }

    /// Reads output into `buffer` from its start, blocking until there is some.
    /// - Returns: the number of bytes read; 0 at the end of the output.
    /// - Throws: `ProcessError` with the code `timedOut` (the program is then ended) or `communication`.
    package func read(into buffer: inout [UInt8]) throws(ProcessError) -> Int {
        precondition(!buffer.isEmpty)
        return try pipes.withLock { (pipes) throws(ProcessError) in
            var waiting = deadlines.beginWaiting()
            var ready = Pipes.Ready(output: true)
            while true {
                if ready.output, let count = try pipes.readOutput(into: &buffer) { return count }
                if outputEnd == .exited {
                    // Seen in this order: what it wrote before its end is there when the end is.
                    let hasEnded = hasEnded
                    ready = try pipes.serve(process: ending.raw, milliseconds: hasEnded ? 0 : pollTime(waiting))
                    if hasEnded && !ready.output { return 0 }
                } else {
                    ready = try pipes.serve(process: nil, milliseconds: waiting.milliseconds)
                }
                if ready.any { waiting.heard() }
                if waiting.isOver { throw giveUp(.timedOut, &pipes) }
            }
        }
    }

    /// Reads at most `count` bytes of output, blocking until there are some; an empty answer is the end.
    /// - Throws: as `read(into:)`.
    package func read(upTo count: Int) throws(ProcessError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = try read(into: &buffer)
        buffer.removeLast(count - got)
        return buffer
    }

    /// Writes to the input, which must have been started as `pipe`, blocking until the program has taken all.
    /// Output that comes meanwhile is kept for `read`.
    ///
    /// - Throws: `ProcessError` with the code `communication` where the program reads no further, `outputTooLarge`
    ///   where it answers more than 64 MiB meanwhile, `timedOut`; in the last two cases the program is ended.
    package func write(_ bytes: [UInt8]) throws(ProcessError) {
        try pipes.withLock { (pipes) throws(ProcessError) in
            pipes.queueInput(bytes, closing: false)
            var waiting = deadlines.beginWaiting()
            while pipes.hasPendingInput {
                let ready = try pipes.serve(process: nil, milliseconds: waiting.milliseconds)
                if ready.output { try pipes.holdOutput() }
                if pipes.heldCount > Pipes.heldLimit { throw giveUp(.outputTooLarge, &pipes) }
                if ready.any { waiting.heard() }
                if waiting.isOver { throw giveUp(.timedOut, &pipes) }
            }
            guard pipes.input != nil else {
                throw ProcessError(.communication, program, reason: "it reads no further input")
            }
        }
    }

    /// Ends the input.
    package func closeInput() { pipes.withLock { $0.queueInput([], closing: true) } }

    /// Ends the input, drops the output not yet read, and waits for the end of the process; then kills what it may
    /// have left behind in its process group. May be called again for the same answer.
    ///
    /// - Throws: `ProcessError` with the code `timedOut` (the program is then ended) or `communication`.
    package func wait() throws(ProcessError) -> Exit {
        try pipes.withLock { (pipes) throws(ProcessError) in
            pipes.queueInput([], closing: true)
            var waiting = deadlines.beginWaiting()
            while !hasEnded {
                let ready = try pipes.serve(process: ending.raw, milliseconds: pollTime(waiting))
                if ready.output { try pipes.dropOutput() }
                if ready.any { waiting.heard() }
                if waiting.isOver { throw giveUp(.timedOut, &pipes) }
            }
            try pipes.readErrors()
            let errors = pipes.errorEnd
            return exit.withLock { exit in
                let ended = exit ?? reap(errors: errors)
                exit = ended
                return ended
            }
        }
    }

    /// Sends a signal to the process and all of its group; without effect once its end was waited for.
    package func send(_ signal: Signal) {
        exit.withLock { exit in
            // Until it is reaped nobody else can have its id.
            if exit == nil { kill(-id, signal.number) }
        }
    }

    /// Asks the process and its group to end, kills them where they have not within `grace`, and returns when the
    /// process has ended. `wait` then tells how.
    package func terminate(grace: Duration) {
        send(.terminate)
        let waiting = Deadlines(Invocation.TimeLimits(whole: grace, silence: nil)).beginWaiting()
        while !hasEnded && !waiting.isOver { pause(waiting.milliseconds) }
        send(.kill)
        while !hasEnded { pause(-1) }
    }

    /// Kills the process and all that descends from it, in whatever group or session; returns when they have ended.
    /// Without effect once its end was waited for.
    package func killTree() {
        exit.withLock { exit in
            if exit == nil { ProcessTree.kill(id) }
        }
    }

    /// How long to wait for the end of the process.
    private func pollTime(_ waiting: Deadlines.Waiting) -> Int32 {
        ending.raw < 0 ? Process.lookMilliseconds : waiting.milliseconds
    }

    /// Returns when the process has ended, or time is up, or just so.
    private func pause(_ milliseconds: Int32) {
        var waiting = pollfd(fd: ending.raw, events: Int16(POLLIN), revents: 0)
        unsafe poll(&waiting, 1, ending.raw < 0 ? Process.lookMilliseconds : milliseconds)
    }

    /// Whether the process has ended; it is not reaped by looking.
    private var hasEnded: Bool {
        var information = unsafe siginfo_t()
        let code = unsafe waitid(P_PID, id_t(id), &information, WEXITED | WNOHANG | WNOWAIT)
        return unsafe code == 0 ? information.si_signo == SIGCHLD : errno == ECHILD
    }

    /// Ends a program that went beyond a limit.
    private func giveUp(_ code: ProcessError.Code, _ pipes: inout Pipes) -> ProcessError {
        terminate(grace: Process.grace)
        do throws(ProcessError) { try pipes.readErrors() } catch { return error }
        return ProcessError(code, program, lastErrorLine: Exit.lastLine(of: pipes.errorEnd))
    }

    /// Kills the group and takes the status of the process. Call once, with `exit` locked.
    private func reap(errors: [UInt8]) -> Exit {
        kill(-id, SIGKILL)
        var status: Int32 = 0
        var usage = rusage()
        while unsafe wait4(id, &status, 0, &usage) < 0 && errno == EINTR {}
        return Exit(
            program: program, status: Exit.Status(raw: status), usage: Exit.ResourceUsage(usage), errors: errors)
    }
}
