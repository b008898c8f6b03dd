import Glibc

/// Tells systemd, or whoever else started the program that way, how it is (`sd_notify(3)`, `NOTIFY_SOCKET`). Where
/// nobody asked for it, nothing happens.
package struct ServiceManager: Sendable {
    private let path: String?
    /// How often a sign of life is due; `nil` where nobody watches.
    package let watchdog: Duration?

    /// - Parameter environment: that of the process.
    package init(environment: [String: String]) {
        path = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        // The variable may be inherited from a service that it was meant for.
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) || getppid() == 1 } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int($0) } ?? 0
        watchdog = path != nil && isForUs && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    package func ready() { send("READY=1") }
    package func reloading() {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        send("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
    }
    package func stopping() { send("STOPPING=1") }
    package func alive() { send("WATCHDOG=1") }
    /// One line that `systemctl status` shows.
    package func status(_ text: String) {
        send("STATUS=\(String(text.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) }))")
    }

    /// Whether it was taken is of no use to us: the manager notices itself what it misses.
    private func send(_ text: String) {
        guard let path else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // An abstract name begins with a zero byte instead of the `@`, and has no other at its end.
        var name = Array(path.utf8)
        if path.hasPrefix("@") { name[0] = 0 }
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard name.count < room else { return }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = MemoryLayout<sockaddr_un>.size - room + name.count
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = unsafe sendto(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT), pointer, socklen_t(length))
            }
        }
    }
}
