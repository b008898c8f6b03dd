import Glibc
import Synchronization

/// Owns one connected, non-blocking TCP socket, close-on-exec.
///
/// Other threads may break the connection with `interrupt()`; the descriptor closes with the value.
final class TCPSocket: Sendable {
    /// Where another thread finds the socket of a connection that is still being made.
    final class Slot: Sendable {
        private struct State {
            var descriptor: Int32?
            var isInterrupted = false
        }
        private let state = Mutex(State())

        /// Breaks the connection: whoever waits for the socket sees its end at once.
        func interrupt() {
            state.withLock { state in
                state.isInterrupted = true
                if let descriptor = state.descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
            }
        }

        var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

        /// Says whether the socket may be used.
        fileprivate func hold(_ descriptor: Int32) -> Bool {
            state.withLock { state in
                state.descriptor = descriptor
                return !state.isInterrupted
            }
        }

        /// Closing happens under the lock, so that nobody interrupts another file that has the same number by then.
        fileprivate func close() {
            state.withLock { state in
                if let descriptor = state.descriptor { Glibc.close(descriptor) }
                state.descriptor = nil
            }
        }
    }

    let raw: Int32
    private let slot: Slot

    /// Tries the host's addresses in the order of the system's resolver, each for at most `timeout`.
    ///
    /// The look-up itself takes as long as the system's resolver is configured to.
    init(_ server: SFTPServer, slot: Slot) throws(SFTPError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(server.host, String(server.port), &hints, &list)
        guard code == 0 else {
            let isTemporary = code == EAI_AGAIN
            throw SFTPError(
                .cannotResolve, server.name,
                unsafe String(cString: gai_strerror(code)) + (isTemporary ? "" : " (looking it up)"))
        }
        defer { unsafe freeaddrinfo(list) }
        var failure = SFTPError(.cannotConnect, server.name, "it has no address")
        var next = unsafe list
        while let address = unsafe next {
            unsafe next = address.pointee.ai_next
            guard !slot.isInterrupted else { throw SFTPError(.cancelled, server.name, "while connecting") }
            do throws(SFTPError) {
                try unsafe Self.permit(address.pointee, server)
                raw = try unsafe Self.connect(address.pointee, server, slot)
                self.slot = slot
                return
            } catch {
                failure = error
            }
        }
        throw failure
    }

    deinit { slot.close() }

    private static func permit(_ address: addrinfo, _ server: SFTPServer) throws(SFTPError) {
        guard let addressRefusal = server.addressRefusal else { return }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = unsafe getnameinfo(
            address.ai_addr, address.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let reason = code == 0 ? addressRefusal(String(decoding: bytes, as: UTF8.self)) : "its address cannot be read"
        if let reason { throw SFTPError(.notPermitted, server.name, reason) }
    }

    private static func connect(
        _ address: addrinfo, _ server: SFTPServer, _ slot: Slot
    ) throws(SFTPError) -> Int32 {
        let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let raw = unsafe socket(address.ai_family, address.ai_socktype | flags, address.ai_protocol)
        guard raw >= 0 else { throw failure(server, errno) }
        guard slot.hold(raw) else {
            slot.close()
            throw SFTPError(.cancelled, server.name, "while connecting")
        }
        do throws(SFTPError) {
            if unsafe Glibc.connect(raw, address.ai_addr, address.ai_addrlen) != 0 {
                guard errno == EINPROGRESS else { throw failure(server, errno) }
                try wait(raw, server)
            }
        } catch {
            slot.close()
            throw slot.isInterrupted ? SFTPError(.cancelled, server.name, "while connecting") : error
        }
        // A pause between small packets (Nagle) costs a round trip for each step of the protocol.
        var on: Int32 = 1
        unsafe setsockopt(raw, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        unsafe setsockopt(raw, SOL_SOCKET, SO_KEEPALIVE, &on, socklen_t(MemoryLayout<Int32>.size))
        return raw
    }

    /// Waits until the connection stands or has failed.
    private static func wait(_ raw: Int32, _ server: SFTPServer) throws(SFTPError) {
        let deadline = ContinuousClock.now + server.connectTimeout
        while true {
            let left = deadline - ContinuousClock.now
            guard left > .zero else {
                throw SFTPError(.timedOut, server.name, "no connection within \(server.connectTimeout)")
            }
            var waiting = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
            let count = unsafe poll(&waiting, 1, Int32(clamping: left.wholeMilliseconds))
            if count < 0 && errno != EINTR { throw failure(server, errno) }
            if count > 0 { break }
        }
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(raw, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { throw failure(server, code) }
    }

    private static func failure(_ server: SFTPServer, _ code: Int32) -> SFTPError {
        SFTPError(.cannotConnect, server.name, unsafe String(cString: strerror(code)))
    }
}

extension Duration {
    /// Rounded down, at least 1.
    var wholeMilliseconds: Int {
        max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
