internal import CMicroHTTPD
import Glibc

/// Owns one listening TCP socket, close-on-exec and non-blocking.
struct ListeningSocket: ~Copyable, Sendable {
    let raw: Int32
    /// Where it listens indeed: with the port that the system chose for 0.
    let address: PeerAddress

    /// Connections that wait to be accepted; the system cuts it to `net.core.somaxconn`, 4096 by default.
    private static let backlog: Int32 = 1024

    /// - Parameters:
    ///   - host: An IP address or `localhost`; `nil` listens on all addresses of the machine.
    ///   - port: 0 lets the system choose a free one.
    init(host: String?, port: UInt16) throws(HTTPServerError) {
        let subject = "\(host.map { $0.contains(":") ? "[\($0)]" : $0 } ?? "port ")\(host == nil ? "" : ":")\(port)"
        guard let host else {
            do throws(HTTPServerError) {
                try self.init(Self.sixth("::", port), subject)
            } catch {
                // Without IPv6 in the kernel or in the container there is IPv4 only.
                guard error.code == .unusable || error.code == .addressNotHere else { throw error }
                try self.init(Self.fourth("0.0.0.0", port), subject)
            }
            return
        }
        let number = host == "localhost" ? "127.0.0.1" : host
        guard let address = Self.fourth(number, port) ?? Self.sixth(number, port) else {
            throw HTTPServerError(code: .badAddress, subject: subject, cause: "another text")
        }
        try self.init(address, subject)
    }

    private init(_ address: sockaddr_storage?, _ subject: String) throws(HTTPServerError) {
        guard var address else { throw HTTPServerError(code: .badAddress, subject: subject, cause: "another text") }
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let raw = socket(Int32(address.ss_family), kind, 0)
        guard raw >= 0 else { throw Self.failure(subject) }
        var yes: Int32 = 1
        var no: Int32 = 0
        let size = socklen_t(MemoryLayout<Int32>.size)
        // Connections of a server that ended a moment ago must not keep the next one out.
        unsafe setsockopt(raw, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        if Int32(address.ss_family) == AF_INET6 {
            unsafe setsockopt(raw, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &no, size)
        }
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let addressSize =
            Int32(address.ss_family) == AF_INET6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(raw, pointer, socklen_t(addressSize)) == 0 && listen(raw, Self.backlog) == 0
                    && getsockname(raw, pointer, &length) == 0
            }
        }
        guard isListening, let found = PeerAddress(address) else {
            let failure = Self.failure(subject)
            close(raw)
            throw failure
        }
        self.raw = raw
        self.address = found
    }

    deinit { close(raw) }

    private static func failure(_ subject: String) -> HTTPServerError {
        let reason = errno
        let code: HTTPServerError.Code =
            switch reason {
            case EADDRINUSE: .addressInUse
            case EADDRNOTAVAIL: .addressNotHere
            case EACCES, EPERM: .notPermitted
            default: .unusable
            }
        return HTTPServerError(code: code, subject: subject, cause: unsafe String(cString: strerror(reason)))
    }

    private static func fourth(_ number: String, _ port: UInt16) -> sockaddr_storage? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard unsafe inet_pton(AF_INET, number, &address.sin_addr) == 1 else { return nil }
        return widen(address)
    }

    private static func sixth(_ number: String, _ port: UInt16) -> sockaddr_storage? {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        guard unsafe inet_pton(AF_INET6, number, &address.sin6_addr) == 1 else { return nil }
        return widen(address)
    }

    private static func widen<Address>(_ address: Address) -> sockaddr_storage {
        var storage = sockaddr_storage()
        unsafe withUnsafeMutableBytes(of: &storage) { target in
            unsafe withUnsafeBytes(of: address) { unsafe target.copyMemory(from: $0) }
        }
        return storage
    }
}
