import ControllerAPI
package import HTTPServer
package import Logging
import Pages
import Runs

/// The agent's own web API: tells how it is and begins gatherings. `/status` and `/scrape` answer as those of the older
/// agents do, apart from the token; what is told besides is in `/openapi.json`.
package struct AgentAPI: Sendable {
    private let service: any AgentService
    private let access: Access
    private let version: String
    private let logger: Logger
    /// Resident memory in bytes, where the system tells it.
    private let residentBytes: @Sendable () -> Int?
    /// Beginnings: five at once, then one in twelve seconds.
    private let beginnings = RateLimit(burst: 5, period: .seconds(12))
    /// Wrong tokens: guessing one takes for ever.
    private let wrongTokens = RateLimit(burst: 10, period: .seconds(6))

    /// Runs that `/runs` tells.
    private static let runCount = 100

    package init(
        _ service: any AgentService, access: Access, version: String, logger: Logger,
        residentBytes: @escaping @Sendable () -> Int? = { nil }
    ) {
        self.service = service
        self.access = access
        self.version = version
        self.logger = logger
        self.residentBytes = residentBytes
    }

    package func handle(_ request: HTTPServerRequest) async -> HTTPServerResponse {
        do {
            return try await answer(request)
        } catch {
            logger.error("a request to the web API failed", ["error.text": .text("\(error)")])
            return HTTPServerResponse(500, text: "The agent failed at this request. Its log tells why.")
        }
    }

    private func answer(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        guard let (route, id) = Route.find(request.path) else {
            return try .error(404, "The path '\(request.path.prefix(200))' was not found.")
        }
        switch route.path {
        case "/status": return try await status()
        case "/scrape": return try await scrape(request)
        default: break
        }
        guard request.method == "GET" || request.method == "HEAD" else {
            return try .error(405, "Only GET is answered here", headers: [("Allow", "GET, HEAD")])
        }
        if route.access == .guarded, let refusal = try refusal(of: request) { return refusal }
        switch route.path {
        case "/healthz": return HTTPServerResponse(200, text: "ok")
        case "/readyz":
            let hindrances = await service.hindrances()
            return hindrances.isEmpty
                ? HTTPServerResponse(200, text: "ready")
                : HTTPServerResponse(503, text: hindrances.joined(separator: "\n"))
        case "/openapi.json": return try .json(200, OpenAPIDocument.value(version: version))
        case "/runs": return try .json(200, ["runs": try await service.runs(Self.runCount).map(Run.init)])
        case "/runs/{id}": return try await run(id ?? "")
        case "/report": return try .json(200, await service.snapshot())
        case "/metrics": return await metrics()
        default: return try await page()
        }
    }

    // MARK: As the older agents

    /// Any method, whoever asks.
    private func status() async throws -> HTTPServerResponse {
        let isGathering = await service.isGathering()
        let body: JSONValue = [
            "ok": .flag(isGathering),
            "message": isGathering ? "Scrape process is running" : "No scrape process is running",
        ]
        return try .json(isGathering ? 200 : 503, body)
    }

    /// The order of the checks is that of the older agents, with those of the origin and the token among them.
    private func scrape(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        guard access.isForUs(request) else { return try .error(403, "Invalid Host header") }
        guard access.isOfOwnOrigin(request) else { return try .error(403, "Invalid Origin header") }
        guard request.method == "POST" else { return try .error(400, "Must be POSTed", headers: [("Allow", "POST")]) }
        if access.isExposed, let refusal = try tokenRefusal(of: request) { return refusal }
        guard await !service.isGathering() else {
            return try .error(503, "Another scrape process is already running")
        }
        guard beginnings.admit() else {
            return try .error(429, "Too many requests", headers: [("Retry-After", "\(beginnings.secondsToWait)")])
        }
        switch await service.begin() {
        case .begun:
            logger.info("a gathering was asked for", ["peer.address": .text(request.peer)])
            return try .json(201, ["ok": true] as JSONValue)
        case .busy: return try .error(503, "Another scrape process is already running")
        case .ended(let status): return try .error(503, "Status code \(status)")
        case .refused(let reason): return try .error(403, "Refused by the agent's policy: \(reason)")
        case .impossible(let reason): return try .error(500, reason)
        }
    }

    // MARK: Who asks

    /// Whoever shows the token may ask by any name; on loopback everybody may who asks for this machine.
    private func refusal(of request: HTTPServerRequest) throws -> HTTPServerResponse? {
        if access.hasToken(request) { return nil }
        if access.isExposed { return try tokenRefusal(of: request) }
        return access.isForUs(request) ? nil : try .error(403, "Invalid Host header")
    }

    private func tokenRefusal(of request: HTTPServerRequest) throws -> HTTPServerResponse? {
        guard !access.hasToken(request) else { return nil }
        guard wrongTokens.admit() else {
            return try .error(429, "Too many requests", headers: [("Retry-After", "\(wrongTokens.secondsToWait)")])
        }
        let message =
            access.hasOwnToken
            ? "A bearer token is needed: the agent's AGENT_TOKEN"
            : "A bearer token is needed, and the agent has none: set AGENT_TOKEN, or let the API listen on loopback only"
        return try .error(401, message, headers: [("WWW-Authenticate", "Bearer")])
    }

    // MARK: What it has done

    private func run(_ text: String) async throws -> HTTPServerResponse {
        let id: RunID?
        do throws(WireError) { id = try RunID(text) } catch { id = nil }
        guard let id, let run = try await service.run(id) else {
            return try .error(404, "There is no run of that id.")
        }
        return try .json(200, Run(run))
    }

    private func metrics() async -> HTTPServerResponse {
        let metrics = Metrics(
            await service.snapshot(), counts: await service.counts(), residentBytes: residentBytes())
        return HTTPServerResponse(
            200,
            headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8"), ("Cache-Control", "no-store")],
            body: Array(metrics.text.utf8))
    }

    private func page() async throws -> HTTPServerResponse {
        StatusPage(await service.snapshot(), runs: try await service.runs(20).map(Run.init)).page.response()
    }
}
