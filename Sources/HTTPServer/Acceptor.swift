internal import CMicroHTTPD
import Dispatch
import Glibc

/// Takes new connections from a listening socket and hands them on, close-on-exec and non-blocking.
///
/// libmicrohttpd could do it, but its way to stop listening while requests go on ends the program in a race (0.9.75:
/// `MHD_quiesce_daemon` and the polling thread both take the socket out of the epoll set, and a failure is fatal).
///
/// `@unchecked Sendable`: the source is constant and Dispatch's functions may be called from any thread.
final class Acceptor: @unchecked Sendable {
    /// Who takes over the descriptor.
    typealias Receiver = @Sendable (_ descriptor: Int32, _ address: sockaddr_storage, _ length: socklen_t) -> Void

    let address: PeerAddress
    private let source: any DispatchSourceRead
    private let isClosed = DispatchSemaphore(value: 0)

    /// Pause of 100 ms when the process has no descriptors left; the connections wait in the system's queue.
    private static let patience: Int32 = 100
    /// Connections taken in one go.
    private static let batch = 64

    /// Connections come from now on, one after the other.
    init(_ socket: consuming ListeningSocket, _ receive: @escaping Receiver) {
        address = socket.address
        let raw = socket.raw
        let queue = DispatchQueue(label: "http.accept")
        source = DispatchSource.makeReadSource(fileDescriptor: raw, queue: queue)
        source.setEventHandler { @Sendable in Self.accept(from: raw, receive) }
        // The socket lives in the last handler, which Dispatch runs when it no longer looks at the descriptor.
        let keeper = SocketKeeper(socket)
        source.setCancelHandler { @Sendable [isClosed] in
            keeper.close()
            isClosed.signal()
        }
        source.activate()
    }

    /// Returns when the socket is closed and nothing more will be handed on. Blocks for a moment; to be called once.
    func close() {
        source.cancel()
        isClosed.wait()
    }

    private static func accept(from raw: Int32, _ receive: Receiver) {
        for _ in 0..<batch {
            var address = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let descriptor = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    unsafe accept4(
                        raw, pointer, &length, Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue))
                }
            }
            if descriptor >= 0 {
                receive(descriptor, address, length)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                poll(nil, 0, patience)
                return
            default: return
            }
        }
    }
}

/// Closes the socket at a time of choice although closures cannot own it.
private final class SocketKeeper: @unchecked Sendable {
    /// Touched by `init` and by the cancel handler only, which runs once.
    private var socket: ListeningSocket?

    init(_ socket: consuming ListeningSocket) { self.socket = consume socket }

    func close() { socket = nil }
}
