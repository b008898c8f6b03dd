internal import Files
import Glibc
import Synchronization

/// Sends requests over kept connections, many at once, on one thread of its own that sleeps when nothing is under way
/// and ends with the client.
package final class HTTPClient: Sendable {
    package struct Configuration: Sendable {
        package var userAgent: String
        package var proxy: HTTPProxy?
        /// Requests in flight to one origin; further ones wait in their order, without their time-outs running.
        /// With HTTP/1.1 each takes a connection, and few servers welcome more than a dozen from one client.
        package var requestsPerOrigin = 12
        /// Connections kept open for later requests, over all hosts.
        package var idleConnections = 24

        package init(userAgent: String, proxy: HTTPProxy? = nil) {
            self.userAgent = userAgent
            self.proxy = proxy
        }
    }

    private let engine: HTTPEngine
    private let watch: HTTPWatch?

    /// - Throws: `HTTPError` `unusable` when there is no thread or memory to be had.
    package init(_ configuration: Configuration) throws(HTTPError) {
        engine = try HTTPEngine(configuration)
        watch = nil
    }

    private init(_ engine: HTTPEngine, _ watch: HTTPWatch) {
        self.engine = engine
        self.watch = watch
    }

    /// A client over the same connections, each of whose requests is looked at first.
    package func watched(by watch: HTTPWatch) -> HTTPClient { HTTPClient(engine, watch) }

    /// Sends the request and returns the complete answer, whatever its status. Cancelling the task ends the transfer.
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let start = ContinuousClock.now
        var request = request
        var left = if case .follow(let limit) = request.redirects { limit } else { 0 }
        let origin = request.address.origin
        while true {
            if let refusal = await watch?.refusal(request.address) {
                throw HTTPError(.notPermitted, request.address.description, refusal)
            }
            if let addressRefusal = watch?.addressRefusal {
                let (address, isElsewhere) = (request.address, request.address.origin != origin)
                request.addressRefusal = { addressRefusal(address, $0, isElsewhere) }
            }
            let response = try await engine.exchange(request)
            watch?.answered(response)
            guard request.redirects != .refuse, [301, 302, 303, 307, 308].contains(response.status),
                let location = response.headers["Location"]
            else { return response }
            guard left > 0 else {
                throw HTTPError(.tooManyRedirects, request.address.description, "the limit is reached")
            }
            left -= 1
            request = try request.redirected(to: location, status: response.status)
            request.timeouts.total -= ContinuousClock.now - start
            guard request.timeouts.total > .zero else {
                throw HTTPError(.timedOut, request.address.description, "redirects took the time")
            }
        }
    }
}

/// Looks at the requests of a client. Redirects are requests of their own.
package struct HTTPWatch: Sendable {
    /// Says why a request may not be made, or makes it wait for its turn; `nil` lets it pass.
    package let refusal: @Sendable (WebAddress) async -> String?
    /// Says why no connection may be made to what a host resolves to, an address in numbers; with a proxy that is the
    /// proxy's. The last is whether a server named the host by sending us on. Connections that are open go on.
    package let addressRefusal: (@Sendable (WebAddress, String, Bool) -> String?)?
    /// Is told of each answer.
    package let answered: @Sendable (HTTPResponse) -> Void

    package init(
        refusal: @escaping @Sendable (WebAddress) async -> String?,
        addressRefusal: (@Sendable (WebAddress, String, Bool) -> String?)? = nil,
        answered: @escaping @Sendable (HTTPResponse) -> Void = { _ in }
    ) {
        self.refusal = refusal
        self.addressRefusal = addressRefusal
        self.answered = answered
    }
}

/// The connections of one client, or of several that are watched by different people.
private final class HTTPEngine: Sendable {
    private let loop: TransferLoop
    private let thread: LoopThread
    private let state = Mutex(Numbering())

    /// Gives requests their numbers and remembers those that were cancelled before they were handed over.
    private struct Numbering {
        var last: UInt64 = 0
        var handedOver: Set<UInt64> = []
        var cancelled: Set<UInt64> = []
    }

    init(_ configuration: HTTPClient.Configuration) throws(HTTPError) {
        guard let loop = TransferLoop(configuration), let thread = LoopThread({ loop.run() }) else {
            throw HTTPError(.unusable, "", "no thread or memory for it")
        }
        self.loop = loop
        self.thread = thread
    }

    deinit {
        loop.close()
        thread.join()
    }

    func exchange(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let certificates = try request.validate()
        let id = state.withLock { numbering in
            numbering.last += 1
            return numbering.last
        }
        defer {
            state.withLock { numbering in
                numbering.handedOver.remove(id)
                numbering.cancelled.remove(id)
            }
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let job = Job(id: id, request: request, certificates: certificates, answer: continuation)
                // Handing over happens under the lock, so that a cancellation follows it or is seen here.
                let isCancelled = state.withLock { numbering in
                    guard !numbering.cancelled.contains(id) else { return true }
                    numbering.handedOver.insert(id)
                    loop.submit(job)
                    return false
                }
                if isCancelled {
                    continuation.resume(
                        returning: .failure(
                            HTTPError(.cancelled, request.address.description, "its task was cancelled")))
                }
            }
        } onCancel: {
            state.withLock { numbering in
                if numbering.handedOver.contains(id) { loop.cancel(id) } else { numbering.cancelled.insert(id) }
            }
        }
        return try result.get()
    }
}

extension HTTPRequest {
    /// Checks what libcurl would not; returns the content of the certificate file.
    fileprivate func validate() throws(HTTPError) -> [UInt8]? {
        guard address.scheme == "https" || transport == .plainAllowed else {
            throw HTTPError(.badURL, address.description, "plain http is not allowed here")
        }
        for field in headers.fields where !HTTPHeaders.isValid(field) {
            throw HTTPError(.badHeader, address.description, "its name or value has a forbidden character")
        }
        let (file, pin): (String?, String?) =
            switch trust {
            case .system(let pin): (nil, pin)
            case .certificate(let file, let pin): (file, pin)
            case .publicKey(let pins): (nil, pins)
            case .anybody: (nil, nil)
            }
        // libcurl takes any other text for the name of a file with a key.
        if let pin,
            !pin.split(separator: ";", omittingEmptySubsequences: false).allSatisfy({ $0.hasPrefix("sha256//") })
        {
            throw HTTPError(.badTrust, address.description, "a pin begins with sha256//")
        }
        guard let file else { return nil }
        do throws(FileError) {
            return try Files.read(file, limit: 1 << 20)
        } catch {
            throw HTTPError(.badTrust, address.description, error.description)
        }
    }

    /// The request that follows a redirect (RFC 9110 §15.4).
    fileprivate func redirected(to location: String, status: Int) throws(HTTPError) -> HTTPRequest {
        let target = try address.following(location)
        guard target.scheme == "https" || address.scheme == "http" else {
            throw HTTPError(.redirectRefused, address.description, "it leads from https to http")
        }
        var next = self
        next.address = target
        if status == 303 && method != .head || (301...302).contains(status) && method == .post {
            next.method = .get
            next.body = nil
            next.headers["Content-Type"] = nil
        }
        guard target.origin != address.origin else { return next }
        guard next.body == nil else {
            throw HTTPError(.redirectRefused, address.description, "it would carry content to another host")
        }
        next.login = nil
        next.headers = HTTPHeaders()
        for name in ["Accept", "Accept-Language", "User-Agent"] { next.headers[name] = headers[name] }
        return next
    }
}
