import Glibc

/// Asks an SSH server for the line with which it greets whoever connects (RFC 4253 section 4.2).
package enum ServerGreeting {
    /// Longer than a server that is alive needs, shorter than a monitor waits.
    private static let patience = timeval(tv_sec: 3, tv_usec: 0)

    /// Blocks for a few seconds at most.
    /// - Returns: what is wrong; `nil` where the server greets.
    package static func fault(host: String, port: Int) -> String? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0, let first = unsafe list else {
            return "its address is not known"
        }
        // The list lives until here, and nothing of it is kept.
        defer { unsafe freeaddrinfo(first) }
        let address = unsafe first.pointee
        let raw = unsafe socket(address.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { return "there is no socket for it: \(errno)" }
        defer { close(raw) }
        var patience = patience
        let size = socklen_t(MemoryLayout<timeval>.size)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            guard unsafe setsockopt(raw, SOL_SOCKET, option, &patience, size) == 0 else {
                return "its time cannot be limited: \(errno)"
            }
        }
        guard unsafe connect(raw, address.ai_addr, address.ai_addrlen) == 0 else { return "it is not there: \(errno)" }
        var greeting = [UInt8](repeating: 0, count: 4)
        let count = unsafe recv(raw, &greeting, greeting.count, Int32(MSG_WAITALL))
        guard count == greeting.count, greeting == Array("SSH-".utf8) else { return "it does not greet" }
        return nil
    }

    /// Where a server that listens at all addresses can be reached from its own machine.
    package static func loopback(for listener: String) -> String {
        switch listener {
        case "0.0.0.0", "": "127.0.0.1"
        case "::", "[::]": "::1"
        default: listener
        }
    }
}
