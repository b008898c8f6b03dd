internal import CLinux
import Dispatch
import Glibc
import Synchronization

/// The executor of an actor whose methods block and compute for long: a thread of its own that gives way to those who
/// answer somebody.
package final class BackgroundExecutor: SerialExecutor {
    private let jobs = Jobs()

    /// Half of what can be: with all cores busy it still gets a tenth of what another thread gets.
    private static let niceness: Int32 = 10

    /// - Parameter label: shown by debuggers; 15 bytes of it by the system.
    package init(_ label: String) {
        let start = Start { [jobs] in
            unsafe _ = gathering_name_thread(label)
            // Where it is refused, the work is done all the same.
            _ = gathering_set_thread_niceness(Self.niceness)
            while let job = jobs.next() { job() }
        }
        // Signals are for the program's other threads.
        var blocked = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&blocked)
        for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS] { unsafe sigdelset(&blocked, fault) }
        unsafe pthread_sigmask(SIG_SETMASK, &blocked, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        let retained = unsafe Unmanaged.passRetained(start)
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, retained.toOpaque())
        guard code == 0 else {
            unsafe retained.release()
            preconditionFailure("no thread can be made: \(code)")
        }
        pthread_detach(thread)
    }

    /// The thread may be the one that lets go of the last reference, so nobody waits for its end.
    deinit { jobs.end() }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // An actor with work to do keeps its executor.
        let executor = unsafe asUnownedSerialExecutor()
        jobs.add { unsafe job.runSynchronously(on: executor) }
    }

    private final class Start: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private final class Jobs: Sendable {
        private struct State {
            var waiting: [@Sendable () -> Void] = []
            var isEnded = false
        }

        private let state = Mutex(State())
        private let count = DispatchSemaphore(value: 0)

        func add(_ job: @escaping @Sendable () -> Void) {
            state.withLock { $0.waiting.append(job) }
            count.signal()
        }

        func end() {
            state.withLock { $0.isEnded = true }
            count.signal()
        }

        /// Waits for a job; `nil` when there will be none.
        func next() -> (@Sendable () -> Void)? {
            count.wait()
            return state.withLock { state in
                guard !state.waiting.isEmpty else {
                    precondition(state.isEnded)
                    return nil
                }
                return state.waiting.removeFirst()
            }
        }
    }
}
