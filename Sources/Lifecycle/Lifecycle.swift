package import Commands
import Glibc
import Synchronization

/// The frame around a program: signals in, exit status out.
package enum Lifecycle {
    /// How long work may go on after it was asked to end: Docker and systemd's usual patience is 10 s and more,
    /// and what is then cancelled needs a moment to put things away.
    package static let usualGrace = Duration.seconds(8)

    /// Runs the program and ends the process with its exit status. To be called once, from the main thread, before
    /// anything else starts a thread.
    ///
    /// The first SIGTERM or SIGINT requests the shutdown; the work is cancelled when `grace` has passed after it; the
    /// second ends the process at once with 128 + its number. Cancelled work that does not end in success gives that
    /// status as well; where it does not end within `patience`, the process does. SIGHUP makes a program read its
    /// configuration again where it listens for that, and counts as SIGTERM elsewhere. SIGINT and SIGHUP are left alone
    /// where the parent had them ignored, as shells do for background jobs and `nohup` does.
    ///
    /// The main thread waits for signals here, in `sigwait`, with all threads holding them back: no handler
    /// interrupts anything, and process 1 of a container gets them too, where a process of its own looks after the
    /// orphans (`OrphanKeeper`). Nothing therefore may need the main actor. What starts children has to give them an
    /// empty signal mask and the default action of SIGPIPE.
    package static func run(
        grace: Duration = usualGrace, patience: Duration? = nil,
        _ body: @escaping @Sendable (Shutdown) async -> ExitCode
    ) -> Never {
        if getpid() == 1 { OrphanKeeper.splitOff() }
        // Writing to a closed pipe or connection is an error of that write, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        var signals = SignalSet([SIGTERM] + [SIGINT, SIGHUP].filter { !isIgnored($0) })
        signals.block()
        let shutdown = Shutdown()
        let received = Atomic<Int32>(0)
        // The one task without a parent: all others are below it.
        let work = Task {
            let code = await body(shutdown)
            let isCutShort = Task.isCancelled && code != .success
            exit((isCutShort ? .signal(received.load(ordering: .acquiring)) : code).rawValue)
        }
        received.store(first(&signals, shutdown), ordering: .releasing)
        shutdown.request()
        if let second = signals.wait(atMost: grace, besides: SIGHUP) { _exit(ExitCode.signal(second).rawValue) }
        work.cancel()
        guard let patience else { _exit(ExitCode.signal(signals.wait()).rawValue) }
        let last = signals.wait(atMost: patience, besides: SIGHUP) ?? received.load(ordering: .acquiring)
        _exit(ExitCode.signal(last).rawValue)
    }

    /// The signal that asks for the end.
    private static func first(_ signals: inout SignalSet, _ shutdown: Shutdown) -> Int32 {
        while true {
            let number = signals.wait()
            guard number == SIGHUP, shutdown.reload() else { return number }
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        // Function pointers have no `==`; SIG_IGN is the address 1.
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}

/// Signals that are held back and taken one by one.
struct SignalSet {
    private var set = sigset_t()

    init(_ numbers: [Int32]) {
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
    }

    /// All that can be held back.
    static var all: SignalSet {
        var all = SignalSet([])
        unsafe sigfillset(&all.set)
        return all
    }

    /// For this thread and those it starts.
    mutating func block() { unsafe pthread_sigmask(SIG_BLOCK, &set, nil) }

    mutating func unblock() { unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil) }

    mutating func wait() -> Int32 { waitForOrigin().number }

    /// The signal, and whether the kernel sent it: a terminal's Ctrl-C reaches all processes in front of it.
    mutating func waitForOrigin() -> (number: Int32, isFromKernel: Bool) {
        while true {
            var information = unsafe siginfo_t()
            let number = unsafe sigwaitinfo(&set, &information)
            if number > 0 { return unsafe (number, information.si_code > 0) }
        }
    }

    /// The signal, or `nil` when none came in time. One kind is taken and passed over.
    mutating func wait(atMost patience: Duration, besides passedOver: Int32) -> Int32? {
        let deadline = ContinuousClock.now + patience
        while true {
            let left = max(deadline - .now, .zero).components
            var time = timespec(tv_sec: Int(left.seconds), tv_nsec: Int(left.attoseconds / 1_000_000_000))
            let number = unsafe sigtimedwait(&set, nil, &time)
            if number > 0, number != passedOver { return number }
            if number < 0, errno == EAGAIN { return nil }
        }
    }
}
