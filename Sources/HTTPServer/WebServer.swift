import Dispatch
import Glibc
import Synchronization

/// Answers HTTP/1.1 requests, over TLS or plain. Handlers are asynchronous: while one waits, its connection costs some
/// memory and a descriptor, no thread.
///
/// The server ends with `stop`, or abruptly with the value.
package final class WebServer: Sendable {
    /// Runs once for each request, many at the same time; must not hold the server. Its task is cancelled when the
    /// client goes away (or closes its sending side) and when the server gives up on stopping; the answer is dropped then.
    package typealias Handler = @Sendable (HTTPServerRequest) async -> HTTPServerResponse

    package enum Security: Sendable {
        /// TLS 1.2 or later with a certificate (its chain after it, if there is one) and its key, in PEM form.
        case tls(certificate: String, key: String)
        /// For loopback, and behind a proxy that speaks TLS.
        case plain
    }

    package struct Limits: Sendable {
        /// Content of one request; more is answered with 413.
        package var bodyBytes = 1 << 20
        /// Content of all requests under way together; more is answered with 503.
        package var bodyBytesInAll = 64 << 20
        /// Memory of one connection for the first line and the headers of a request and its answer: about 20 KiB of
        /// headers fit into 32 KiB; more is answered with 431.
        package var headerBytes = 32 << 10
        /// Connections beyond it are closed at once.
        package var connections = 4096
        /// Of one IPv4 address or one IPv6 network (/64).
        package var connectionsPerPeer = 256

        package init() {}
    }

    package struct Timeouts: Sendable {
        /// Without a byte from the client, within a request and between two; whole seconds.
        package var idle = Duration.seconds(30)
        /// From the connection to the last byte of the first request, and as long for taking an answer.
        package var request = Duration.seconds(60)

        /// How late a limit may be noticed, and that a client has gone.
        package var inspection = Duration.seconds(2)

        package init() {}
    }

    package struct Configuration: Sendable {
        package var security: Security
        package var limits = Limits()
        package var timeouts = Timeouts()
        /// Threads that read and write, TLS included.
        package var threads = 2
        /// Gets what the library says, for the lowest level of a log: clients that vanish, requests that are none.
        package var log: (@Sendable (String) -> Void)?

        package init(_ security: Security) { self.security = security }
    }

    /// The address and the port it listens on.
    package let address: String
    package let port: UInt16

    private let traffic: Traffic
    private let acceptor: Acceptor
    private let daemons: [Daemon]

    private init(_ traffic: Traffic, _ acceptor: Acceptor, _ daemons: [Daemon]) {
        self.traffic = traffic
        self.acceptor = acceptor
        self.daemons = daemons
        address = acceptor.address.text
        port = acceptor.address.port
    }

    /// Starts a server, which answers from now on.
    ///
    /// - Parameters:
    ///   - host: An IP address or `localhost`; `nil` listens on all addresses of the machine.
    ///   - port: 0 lets the system choose a free one.
    /// - Throws: `HTTPServerError`.
    package static func listen(
        host: String?, port: UInt16, _ configuration: Configuration, _ handler: @escaping Handler
    ) throws(HTTPServerError) -> WebServer {
        let socket = try ListeningSocket(host: host, port: port)
        let subject = "port \(socket.address.port)"
        let words = Words()
        var starting = configuration
        starting.log = { line in
            words.add(line)
            configuration.log?(line)
        }
        let traffic = Traffic(starting, handler)
        var daemons: [Daemon] = []
        for _ in 0..<max(1, configuration.threads) {
            guard let daemon = Daemon(traffic) else {
                let code: HTTPServerError.Code =
                    if case .tls = configuration.security { .badCertificate } else { .unusable }
                throw HTTPServerError(code: code, subject: subject, cause: words.first)
            }
            daemons.append(daemon)
        }
        words.close()
        let acceptor = Acceptor(socket) { @Sendable [daemons] descriptor, address, length in
            guard let peer = PeerAddress(address), traffic.open(descriptor, peer) else {
                close(descriptor)
                return
            }
            daemons[Int(descriptor) % daemons.count].add(descriptor, address, length)
            if traffic.needsInspector() { inspect(traffic, every: configuration.timeouts.inspection) }
        }
        return WebServer(traffic, acceptor, daemons)
    }

    /// Goes on as long as there are connections and somebody else has the traffic: a server that nobody asks wakes nobody.
    private static func inspect(_ traffic: Traffic, every interval: Duration) {
        DispatchQueue.global().asyncAfter(deadline: .now() + interval.interval) { @Sendable [weak traffic] in
            guard let traffic, traffic.keepsInspector() else { return }
            traffic.inspect()
            inspect(traffic, every: interval)
        }
    }

    deinit { end() }

    /// Ends the server: no new connections from now on, requests under way are answered and sent within `grace`;
    /// what is left then is cancelled and answered with 503. A handler that heeds no cancellation may go on afterwards.
    /// Cancelling the caller ends the grace. Calling again changes nothing and returns at once.
    package func stop(within grace: Duration) async {
        guard traffic.stopTaking() else { return }
        await outsideThePool { [acceptor] in acceptor.close() }
        await idle(atMost: grace)
        traffic.giveUpAll()
        await idle(atMost: Self.sendingTime)
        await outsideThePool { [daemons] in for daemon in daemons { daemon.stop() } }
    }

    /// Answers to those given up need not more than this to be on their way.
    private static let sendingTime = Duration.seconds(1)

    private func idle(atMost patience: Duration) async {
        DispatchQueue.global().asyncAfter(deadline: .now() + patience.interval) { @Sendable [weak traffic] in
            traffic?.stopWaiting()
        }
        await withTaskCancellationHandler {
            await traffic.idle()
        } onCancel: {
            traffic.stopWaiting()
        }
    }

    private func outsideThePool(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { @Sendable in
                work()
                continuation.resume()
            }
        }
    }

    private func end() {
        guard traffic.stopTaking() else { return }
        acceptor.close()
        traffic.giveUpAll()
        for daemon in daemons { daemon.stop() }
    }
}

/// The first words of the library while it starts: the reason when it fails.
private final class Words: Sendable {
    private struct State {
        var first: String?
        var isClosed = false
    }

    private let state = Mutex(State())

    func add(_ line: String) {
        state.withLock { state in
            if state.first == nil, !state.isClosed { state.first = line }
        }
    }

    func close() { state.withLock { $0.isClosed = true } }

    var first: String { state.withLock { $0.first ?? "no reason given" } }
}

extension Duration {
    /// For Dispatch, to the millisecond.
    fileprivate var interval: DispatchTimeInterval {
        .milliseconds(Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
