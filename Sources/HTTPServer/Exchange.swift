internal import CMicroHTTPD
import Synchronization

/// One request from its first line to the end of its answer.
///
/// libmicrohttpd holds one reference from `begin` to `end`, its three calls come from one thread. The handler's task
/// holds another while it runs.
///
/// `@unchecked Sendable`: the variables are touched by libmicrohttpd's thread only; `state` has a lock.
final class Exchange: @unchecked Sendable {
    private enum State {
        case receiving
        /// The connection is suspended; it lives at least until it is resumed, which happens on leaving this state.
        case waiting(SuspendedConnection, Task<Void, Never>)
        case answered(HTTPServerResponse)
    }

    let descriptor: Int32
    private let traffic: Traffic
    private let target: RequestTarget?
    private let state = Mutex(State.receiving)

    private var peer = ""
    private var head: RequestHead?
    private var body: [UInt8] = []
    /// Content received beyond what is kept.
    private var dropped = 0
    /// Decided while the content still comes.
    private var refusal: HTTPServerResponse?
    private var wasAdmitted = false

    init(_ traffic: Traffic, descriptor: Int32, target: RequestTarget?) {
        self.traffic = traffic
        self.descriptor = descriptor
        self.target = target
        peer = traffic.begin(self)?.text ?? ""
    }

    // MARK: On libmicrohttpd's thread

    /// What libmicrohttpd shall do next.
    enum Step {
        case goOn
        case answer(HTTPServerResponse)
        case close
    }

    var hasHead: Bool { head != nil }

    /// The request's head is complete, its content not yet asked for.
    ///
    /// A client that sends its content unasked finds its connection broken rather than the answer, unless all it sends
    /// is read: refusals wait for the end of the content where that is near.
    func take(_ head: RequestHead) -> Step {
        self.head = head
        let limit = traffic.configuration.limits.bodyBytes
        if target == nil {
            refusal = Self.badRequest(
                "the target must begin with a slash, or with http:// or https://, a host and a slash")
        } else if let fault = head.fault {
            refusal = Self.badRequest(fault)
        } else if let target, !target.isFor(head.authority) {
            refusal = Self.badRequest("the target names another host than the Host header")
        } else if let length = head.contentLength, length > limit {
            refusal = tooLarge
        }
        guard let refusal else { return .goOn }
        let isPatient = head.values("expect").contains { $0.lowercased() == "100-continue" }
        let isEndNear = !head.isEndUnclear && head.contentLength ?? 0 <= limit + Self.drained
        return isEndNear && !isPatient ? .goOn : .answer(refusal.closing())
    }

    /// A piece of the content.
    func take(_ bytes: UnsafeRawBufferPointer) -> Step {
        if refusal == nil, bytes.count > traffic.configuration.limits.bodyBytes - body.count { refuse(tooLarge) }
        if refusal == nil, !traffic.reserve(bytes.count) { refuse(.overloaded) }
        guard refusal == nil else {
            dropped += bytes.count
            return dropped > traffic.configuration.limits.bodyBytes + Self.drained ? .close : .goOn
        }
        unsafe body.append(contentsOf: bytes)
        return .goOn
    }

    private func refuse(_ response: HTTPServerResponse) {
        refusal = response
        traffic.release(body.count)
        dropped += body.count
        body = []
    }

    /// The request is complete, or its answer is there.
    func proceed(_ connection: SuspendableConnection) -> Step {
        if case .answered(let response) = state.withLock({ $0 }) {
            return .answer(traffic.isStopping ? response.closing() : response)
        }
        if let refusal { return .answer(refusal) }
        guard let head, let target else { return .close }
        let request = HTTPServerRequest(
            method: head.method, path: target.path, query: target.query, authority: head.authority,
            headers: head.fields, body: body, peer: peer)
        wasAdmitted = traffic.admit(descriptor) {
            state.withLock { state in
                // The server waits for this task when it stops. It starts here because a C function calls.
                let task = Task { [traffic] in answer(await traffic.handler(request)) }
                state = .waiting(connection.suspend(), task)
            }
        }
        return wasAdmitted ? .goOn : .answer(.stopping)
    }

    /// To be called once, when libmicrohttpd has done with the request in whatever way.
    func end() {
        traffic.release(body.count)
        traffic.end(self, wasAdmitted: wasAdmitted)
    }

    // MARK: From any thread

    /// The first answer counts, further ones are left.
    private func answer(_ response: HTTPServerResponse) {
        state.withLock { state in
            guard case .waiting(let connection, _) = state else { return }
            state = .answered(response)
            connection.resume()
        }
    }

    /// Cancels the handler and answers in its place.
    func giveUp() {
        if case .waiting(_, let task) = state.withLock({ $0 }) { task.cancel() }
        answer(.stopping)
    }

    /// Content of refused requests that is read all the same, in bytes beyond the limit: up to here a client gets the
    /// answer whether or not it looks for one while it sends.
    private static let drained = 4 << 20

    private var tooLarge: HTTPServerResponse {
        HTTPServerResponse(
            413, text: "expected at most \(traffic.configuration.limits.bodyBytes) bytes of content, found more")
    }

    private static func badRequest(_ fault: String) -> HTTPServerResponse {
        HTTPServerResponse(400, text: fault).closing()
    }
}
