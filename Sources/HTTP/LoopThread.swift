internal import CLinux
import Glibc

/// Owns one joinable thread that runs one function.
///
/// `@unchecked Sendable`: the handle is constant; `join` is called once, by the owner's `deinit`.
@safe final class LoopThread: @unchecked Sendable {
    private let handle: pthread_t

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts the thread with all signals blocked that are not the thread's own fault: they are for the program's other
    /// threads, and a write to a closed connection gives an error instead of SIGPIPE.
    init?(_ run: @escaping @Sendable () -> Void) {
        var blocked = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&blocked)
        for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS] { unsafe sigdelset(&blocked, fault) }
        unsafe pthread_sigmask(SIG_SETMASK, &blocked, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        let body = unsafe Unmanaged.passRetained(Body(run))
        var handle = pthread_t()
        let code = unsafe pthread_create(
            &handle, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe gathering_name_thread("http")
                    unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            unsafe body.release()
            return nil
        }
        self.handle = handle
    }

    /// Waits for the function to return.
    func join() { pthread_join(handle, nil) }
}
