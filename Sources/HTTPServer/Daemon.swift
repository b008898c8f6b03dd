internal import CMicroHTTPD
import Glibc
import Synchronization

/// Owns one `MHD_Daemon *`: a thread with the connections given to it.
///
/// `@unchecked Sendable`: `handle` is constant and used while `isRunning` is locked, or was until now.
@safe final class Daemon: @unchecked Sendable {
    private let handle: OpaquePointer
    private let isRunning = Mutex(true)
    /// What the callbacks work for; libmicrohttpd has a pointer to it.
    private let traffic: Traffic

    /// Connections agree on TLS 1.2 or 1.3, with ephemeral keys and authenticated ciphers only.
    private static let priorities = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-AES-128-CBC:-AES-256-CBC"

    /// `nil` when libmicrohttpd refuses; it has logged why.
    init?(_ traffic: Traffic) {
        let (certificate, key): (String?, String?) =
            switch traffic.configuration.security {
            case .tls(let certificate, let key): (certificate, key)
            case .plain: (nil, nil)
            }
        // The new thread inherits that all signals are blocked which are not its own fault: they are for others.
        var blocked = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&blocked)
        for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS] { unsafe sigdelset(&blocked, fault) }
        unsafe pthread_sigmask(SIG_SETMASK, &blocked, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        let handle = unsafe withText(certificate) { certificate in
            unsafe withText(key) { key in
                unsafe Self.priorities.withCString { priorities in
                    var settings = unsafe gathering_mhd_settings(
                        certificate: certificate, key: key, priorities: priorities,
                        memory: traffic.configuration.limits.headerBytes,
                        idle_seconds: UInt32(max(1, traffic.configuration.timeouts.idle.components.seconds)),
                        log: logWords, begin: beginRequest, handle: handleRequest, end: endRequest,
                        connection: noteConnection, context: Unmanaged.passUnretained(traffic).toOpaque())
                    return unsafe gathering_mhd_start(&settings)
                }
            }
        }
        guard let handle = unsafe handle else { return nil }
        unsafe self.handle = handle
        self.traffic = traffic
    }

    deinit { stop() }

    /// Closes all connections and waits for the thread. None may be suspended; not to be called on that thread.
    func stop() {
        let wasRunning = isRunning.withLock { isRunning in
            defer { isRunning = false }
            return isRunning
        }
        if wasRunning { unsafe MHD_stop_daemon(handle) }
    }

    /// Takes over the descriptor, also when it fails.
    func add(_ descriptor: Int32, _ address: sockaddr_storage, _ length: socklen_t) {
        let isAdded = isRunning.withLock { isRunning in
            guard isRunning else {
                close(descriptor)
                return false
            }
            return unsafe withUnsafePointer(to: address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    unsafe MHD_add_connection(handle, descriptor, pointer, length) == .YES
                }
            }
        }
        guard !isAdded else { return }
        // The number may be in use again, but not for a connection: they come one after the other.
        traffic.closed(descriptor)
        traffic.log("cannot take a connection: no memory")
    }
}

@unsafe private func withText<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    if let text { unsafe text.withCString { unsafe body($0) } } else { body(nil) }
}
