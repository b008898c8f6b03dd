import Cryptography
package import HTTP
package import Timestamps

/// Asks the API of one host for one source: says who asks, waits where the server wants it, tries again where that can
/// help, and tells what went wrong in one sentence. Safe to use from many tasks.
package final class RESTClient: Sendable {
    package struct Configuration: Sendable {
        /// Paths of requests are below it, e.g. `https://api.github.com`.
        package var base: WebAddress
        package var headers: HTTPHeaders = [:]
        package var trust: HTTPRequest.Trust = .system
        package var timeouts = HTTPRequest.Timeouts()
        /// Bytes of one answer.
        package var responseLimit = 16 << 20
        /// Requests in flight at once while pages are read.
        package var parallelism = 8
        package var retries = RESTRetries()
        package var clock = RESTClock.system
        /// Is told of each wait that somebody may wonder about, and with `nil` of its end.
        package var waits: @Sendable (RESTWait?) -> Void = { _ in }

        package init(base: WebAddress) { self.base = base }
    }

    package let configuration: Configuration
    private let http: HTTPClient
    private let pool: TokenPool
    private let stores: RESTStores
    private let underWay = RequestsUnderWay()
    /// Of pages that are read ahead, over all lists.
    let turns: Turns

    package init(_ configuration: Configuration, http: HTTPClient, pool: TokenPool, stores: RESTStores = RESTStores()) {
        self.configuration = configuration
        self.http = http
        self.pool = pool
        self.stores = stores
        turns = Turns(configuration.parallelism)
    }

    package var validators: Validators? { stores.validators }
    package var isReplaying: Bool { stores.replay != nil }
    /// Whether what was answered once is not asked for again.
    var keepsAnswers: Bool { stores.spool != nil && stores.replay == nil }

    /// Makes the request and returns the answer, which is 2xx, 304 for a conditional request, or of a status that
    /// the request accepts.
    ///
    /// - Throws: `RESTError`; `CancellationError` when the task is cancelled.
    package func send(_ request: RESTRequest, isRepetition: Bool = false) async throws -> RESTAnswer {
        let address = try address(of: request)
        let key =
            "\(request.method.rawValue) \(address.authority)\(address.path)\(address.query.map { "?\($0)" } ?? "")"
        let isReading = request.method == .get || request.method == .options
        let count = stores.archive?.count(key) ?? stores.replay?.count(key) ?? 1
        if let replay = stores.replay {
            guard
                let answer = try await replay.answer(
                    to: key, count: count, limit: configuration.responseLimit, origin: .archive,
                    subject: address.description)
            else { throw RESTError(.notArchived, address.description) }
            return try check(answer, request)
        }
        let waitsForOthers = keepsAnswers && isReading && !isRepetition
        if waitsForOthers { await underWay.begin(key) }
        defer { if waitsForOthers { underWay.end(key) } }
        if isReading, !isRepetition, let spool = stores.spool,
            let answer = try await spool.answer(
                to: key, count: 1, limit: configuration.responseLimit, origin: .spool, subject: address.description)
        {
            if request.isConditional { keepValidators(key, answer.headers) }
            return answer
        }
        let response = try await exchange(request, address, key)
        if response.status != 304 {
            try await stores.archive?.add(response, to: key, count: count)
            if isReading, response.isSuccess { try await stores.spool?.add(response, to: key, count: 1) }
        }
        if request.isConditional {
            if response.status == 304 {
                stores.validators?.keepOld(key)
            } else {
                keepValidators(key, response.headers)
            }
        }
        return RESTAnswer(
            status: response.status, headers: response.headers, body: response.body, subject: address.description,
            origin: .network)
    }

    /// The same, decoded; `nil` where nothing changed.
    package func get<Value: Decodable>(_ type: Value.Type, _ request: RESTRequest) async throws -> Value? {
        let answer = try await send(request)
        return answer.isUnchanged ? nil : try answer.decode(type)
    }

    private func keepValidators(_ key: String, _ headers: HTTPHeaders) {
        stores.validators?.keep(key, etag: headers["ETag"], modified: headers["Last-Modified"])
    }

    private func check(_ answer: RESTAnswer, _ request: RESTRequest) throws -> RESTAnswer {
        if (200..<300).contains(answer.status) || request.accepted.contains(answer.status) { return answer }
        switch answer.status {
        case 401: throw RESTError(.unauthorised, answer.subject)
        case 403: throw RESTError(.forbidden(needed: nil), answer.subject)
        case 404, 410: throw RESTError(.notFound, answer.subject)
        default: throw RESTError(.refused(status: answer.status), answer.subject)
        }
    }

    /// Where a request goes.
    private func address(of request: RESTRequest) throws -> WebAddress {
        let base = configuration.base
        let isAbsolute = request.path.contains("://")
        var text = request.path
        if !isAbsolute {
            let prefix = base.path.hasSuffix("/") ? String(base.path.dropLast()) : base.path
            text = "\(base.origin)\(prefix)/\(request.path)"
        }
        if !request.query.isEmpty { text += (text.contains("?") ? "&" : "?") + PercentEncoding.form(request.query) }
        let address: WebAddress
        do {
            address = try WebAddress(text)
        } catch {
            throw RESTError(.unreachable(error), base.description)
        }
        guard address.origin == base.origin else { throw RESTError(.foreignAddress, base.description) }
        return address
    }

    // MARK: One exchange with all its repetitions

    private func exchange(_ request: RESTRequest, _ address: WebAddress, _ key: String) async throws -> HTTPResponse {
        var failures = 0
        var limits = 0
        while true {
            let (index, authorization) = try await turn(address)
            let result: Result<HTTPResponse, HTTPError>
            do throws(HTTPError) {
                result = .success(try await http.send(httpRequest(request, address, authorization, key)))
            } catch {
                result = .failure(error)
            }
            let now = configuration.clock.now()
            switch result {
            case .failure(let error):
                pool.end(index, nil)
                try Task.checkCancellation()
                failures += 1
                let cause = RESTError(.unreachable(error), address.description, credential: authorization?.name)
                guard !error.isPermanent, failures < configuration.retries.tries else { throw cause }
                try await pause(after: failures, address, cause)
            case .success(let response):
                let limit = RateLimit(response.headers, now: now)
                pool.end(index, limit)
                switch verdict(response, request, limit, address, authorization) {
                case .good: return response
                case .fault(let error): throw error
                case .refusedLogin(let error): if !pool.refuse(index) { throw error }
                case .limited:
                    limits += 1
                    let end = now + wait(limit, limits)
                    pool.block(index, until: end)
                    guard limits <= 20 else {
                        throw RESTError(.limited(until: end), address.description, credential: authorization?.name)
                    }
                case .again(let error):
                    failures += 1
                    guard failures < configuration.retries.tries else { throw error }
                    if let asked = limit.retryAfter {
                        pool.block(index, until: now + asked)
                    } else {
                        try await pause(after: failures, address, error)
                    }
                }
            }
        }
    }

    private func wait(_ limit: RateLimit, _ limits: Int) -> Duration {
        let now = configuration.clock.now()
        if let asked = limit.retryAfter { return max(asked, .seconds(1)) }
        // A second more, because the server's window may end with the second named.
        if limit.remaining == 0, let reset = limit.resets { return (reset - now) + .seconds(1) }
        return configuration.retries.unknownWait(after: limits)
    }

    /// Waits until a login may be used.
    private func turn(_ address: WebAddress) async throws -> (Int, Authorization?) {
        while true {
            let now = configuration.clock.now()
            switch pool.turn(at: now) {
            case .go(let index, let authorization): return (index, authorization)
            case .refused(let authorization):
                throw RESTError(.unauthorised, address.description, credential: authorization?.name)
            case .wait(let until):
                guard until - now <= configuration.retries.longestWait else {
                    throw RESTError(.limited(until: until), address.description)
                }
                configuration.waits(RESTWait(host: address.authority, until: until, reason: .limit))
                try await configuration.clock.sleep(max(until - now, .milliseconds(10)))
                configuration.waits(nil)
            }
        }
    }

    private func pause(after failures: Int, _ address: WebAddress, _ error: RESTError) async throws {
        let pause = configuration.retries.pause(after: failures, chance: configuration.clock.chance())
        configuration.waits(
            RESTWait(host: address.authority, until: configuration.clock.now() + pause, reason: .failure(error)))
        try await configuration.clock.sleep(pause)
        configuration.waits(nil)
    }

    private func httpRequest(
        _ request: RESTRequest, _ address: WebAddress, _ authorization: Authorization?, _ key: String
    ) -> HTTPRequest {
        var message = HTTPRequest(request.method, address)
        message.headers = configuration.headers
        message.headers["Accept"] = request.accept
        authorization?.apply(to: &message)
        if let body = request.body {
            message.body = body
            message.headers["Content-Type"] = "application/json"
        }
        if request.isConditional, let validator = stores.validators?.validator(for: key) {
            message.headers["If-None-Match"] = validator.etag
            if validator.etag == nil { message.headers["If-Modified-Since"] = validator.modified }
        }
        message.trust = configuration.trust
        message.transport = configuration.base.scheme == "http" ? .plainAllowed : .secureOnly
        message.redirects = .follow(limit: 5)
        message.timeouts = configuration.timeouts
        message.responseLimit = configuration.responseLimit
        return message
    }
}

/// Where answers are kept, if at all.
package struct RESTStores: Sendable {
    /// Takes every answer, because somebody wants to look at them.
    package var archive: AnswerStore?
    /// Answers in place of the network.
    package var replay: AnswerStore?
    /// What an unfinished gathering of the same source was told, and this one is.
    package var spool: AnswerStore?
    package var validators: Validators?

    package init(
        archive: AnswerStore? = nil, replay: AnswerStore? = nil, spool: AnswerStore? = nil,
        validators: Validators? = nil
    ) {
        self.archive = archive
        self.replay = replay
        self.spool = spool
        self.validators = validators
    }
}

/// A wait of a client, for those who wonder why nothing happens.
package struct RESTWait: Sendable {
    package enum Reason: Sendable {
        case limit
        case failure(RESTError)
    }

    package let host: String
    package let until: Timestamp
    package let reason: Reason

    /// For progress lines.
    package var phase: String {
        switch reason {
        case .limit: "waiting for the limit of \(host) until \(until.local)"
        case .failure: "trying \(host) again"
        }
    }
}
