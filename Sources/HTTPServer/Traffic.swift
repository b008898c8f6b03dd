internal import CMicroHTTPD
import Glibc
import Synchronization

/// The open connections of a server and the requests under way on them, counted against its limits.
final class Traffic: Sendable {
    let configuration: WebServer.Configuration
    let handler: WebServer.Handler

    private struct Connection {
        let peer: PeerAddress
        /// When it is cut off; `nil` while a handler has the request.
        var deadline: ContinuousClock.Instant?
        var exchange: Exchange?
    }

    private struct State {
        var connections: [Int32: Connection] = [:]
        var perNetwork: [[UInt8]: Int] = [:]
        /// Requests whose handlers have been started and whose answers have not been sent.
        var admitted = 0
        var isStopping = false
        /// Whether somebody looks at the connections from time to time.
        var isInspected = false
        /// Who waits for `admitted` to be 0.
        var idleWaiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let bodyBytes = Atomic<Int>(0)

    /// Content is sent at this many bytes a second at least, or the connection is cut off.
    private static let slowestReader = 16 << 10

    init(_ configuration: WebServer.Configuration, _ handler: @escaping WebServer.Handler) {
        self.configuration = configuration
        self.handler = handler
    }

    func log(_ words: String) { configuration.log?(words) }

    // MARK: Connections

    /// Whether the connection may be served; it is counted then until `closed`.
    func open(_ descriptor: Int32, _ peer: PeerAddress) -> Bool {
        let limits = configuration.limits
        let deadline = ContinuousClock.now + configuration.timeouts.request
        let refusal: String? = state.withLock { state in
            // A connection that libmicrohttpd had no memory for has ended without a word.
            Self.remove(descriptor, from: &state)
            if state.isStopping { return "the server is stopping" }
            if state.connections.count >= limits.connections { return "the limit of all connections is reached" }
            let same = state.perNetwork[peer.network, default: 0]
            if same >= limits.connectionsPerPeer { return "the limit of connections from one address is reached" }
            state.perNetwork[peer.network] = same + 1
            state.connections[descriptor] = Connection(peer: peer, deadline: deadline)
            return nil
        }
        if let refusal { log("refused a connection from \(peer.text): \(refusal)") }
        return refusal == nil
    }

    /// To be called before the descriptor is closed, whose number may come again at once.
    func closed(_ descriptor: Int32) {
        state.withLock { Self.remove(descriptor, from: &$0) }
    }

    private static func remove(_ descriptor: Int32, from state: inout State) {
        guard let connection = state.connections.removeValue(forKey: descriptor) else { return }
        let left = state.perNetwork[connection.peer.network, default: 1] - 1
        state.perNetwork[connection.peer.network] = left > 0 ? left : nil
    }

    // MARK: Requests

    func begin(_ exchange: Exchange) -> PeerAddress? {
        state.withLock { state in
            state.connections[exchange.descriptor]?.exchange = exchange
            return state.connections[exchange.descriptor]?.peer
        }
    }

    /// Runs `suspend` unless the server is stopping; says whether it did. Nothing is suspended after `stopTaking`.
    func admit(_ descriptor: Int32, _ suspend: () -> Void) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            state.admitted += 1
            state.connections[descriptor]?.deadline = nil
            suspend()
            return true
        }
    }

    /// From now on the client has a limited time to take the answer. To be called while the connection is open.
    func willSend(_ bytes: Int, on descriptor: Int32) {
        let deadline =
            ContinuousClock.now + configuration.timeouts.request + .seconds(bytes / Self.slowestReader)
        state.withLock { $0.connections[descriptor]?.deadline = deadline }
    }

    /// To be called once for each that began.
    func end(_ exchange: Exchange, wasAdmitted: Bool) {
        // The next request may begin after a pause; libmicrohttpd ends pauses that are too long.
        let deadline = ContinuousClock.now + configuration.timeouts.idle + configuration.timeouts.request
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.connections[exchange.descriptor]?.exchange = nil
            state.connections[exchange.descriptor]?.deadline = deadline
            if wasAdmitted { state.admitted -= 1 }
            guard state.admitted == 0 else { return nil }
            return state.idleWaiter.take()
        }
        waiter?.resume()
    }

    /// Whether there is room for that much more content of requests.
    func reserve(_ bytes: Int) -> Bool {
        let (_, now) = bodyBytes.add(bytes, ordering: .relaxed)
        guard now > configuration.limits.bodyBytesInAll else { return true }
        release(bytes)
        return false
    }

    func release(_ bytes: Int) { bodyBytes.subtract(bytes, ordering: .relaxed) }

    // MARK: Time

    /// Whether somebody has to begin to look at the connections: there are some, and nobody does.
    func needsInspector() -> Bool {
        state.withLock { state in
            guard !state.isInspected, !state.connections.isEmpty, !state.isStopping else { return false }
            state.isInspected = true
            return true
        }
    }

    /// Whether the inspector has to come again; it is none any more where not.
    func keepsInspector() -> Bool {
        state.withLock { state in
            state.isInspected = !state.connections.isEmpty && !state.isStopping
            return state.isInspected
        }
    }

    /// Cuts off what takes too long, and ends handlers whose clients have gone: of a suspended connection
    /// libmicrohttpd sees neither.
    func inspect() {
        let now = ContinuousClock.now
        let abandoned = state.withLock { state -> [Exchange] in
            var abandoned: [Exchange] = []
            for (descriptor, connection) in state.connections {
                if let deadline = connection.deadline {
                    // The descriptor is open: `closed` comes before its end. Its thread finds the connection broken.
                    if deadline < now { shutdown(descriptor, Int32(SHUT_RDWR)) }
                } else if let exchange = connection.exchange, Self.isGone(descriptor) {
                    abandoned.append(exchange)
                }
            }
            return abandoned
        }
        for exchange in abandoned { exchange.giveUp() }
    }

    private static func isGone(_ descriptor: Int32) -> Bool {
        var item = pollfd(fd: descriptor, events: gathering_poll_hangup, revents: 0)
        return unsafe poll(&item, 1, 0) > 0
    }

    // MARK: End

    /// No connection and no request is taken any more; those admitted go on. Says whether this is the first call.
    func stopTaking() -> Bool {
        state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
    }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Returns when all admitted requests are answered and sent, when `stopWaiting` is called, and at once in a task
    /// that was cancelled before.
    func idle() async {
        await withCheckedContinuation { waiter in
            let isIdle = state.withLock { state in
                guard state.admitted > 0, !Task.isCancelled else { return true }
                state.idleWaiter = waiter
                return false
            }
            if isIdle { waiter.resume() }
        }
    }

    func stopWaiting() { state.withLock { $0.idleWaiter.take() }?.resume() }

    /// Answers all that wait with 503, cancels their handlers. To be called after `stopTaking`: then no connection is
    /// suspended any more, which is what libmicrohttpd demands of a server that ends.
    func giveUpAll() {
        let exchanges = state.withLock { state in state.connections.values.compactMap(\.exchange) }
        for exchange in exchanges { exchange.giveUp() }
    }
}
