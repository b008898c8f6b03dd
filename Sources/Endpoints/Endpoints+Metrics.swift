internal import ControllerAPI
internal import Cryptography
internal import Fleet
internal import HTTPServer
internal import Timestamps

extension Endpoints {
    /// `GET /metrics`: figures for Prometheus, which name agents and projects. With a token they are for who has it, and
    /// without one for this machine alone.
    func metrics(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        if let token = services.policy.metricsToken {
            // Digests, so that how long the comparison takes tells nothing.
            guard let given = request.bearerToken,
                SHA256.digest(of: Array(given.utf8)) == SHA256.digest(of: Array(token.utf8))
            else { throw Denial(401, "The figures are for those who have the token: Authorization: Bearer ...") }
        } else {
            let isForwarded = request.header("x-forwarded-for") != nil || request.header("forwarded") != nil
            guard !isForwarded, Self.isLoopback(request.peer) else {
                throw Denial(403, "The figures are for this machine alone, unless METRICS_TOKEN is set.")
            }
        }
        let figures = try await services.fleet.figures()
        var text = MetricsText()
        text.add(
            "gathering_controller_info", "gauge", "The controller's version",
            [([("version", services.policy.version)], 1)])
        text.add("gathering_controller_agents", "gauge", "Agents by state", Self.samples("state", figures.agents))
        text.add("gathering_controller_bundles", "gauge", "Bundles by state", Self.samples("state", figures.bundles))
        text.add("gathering_controller_bundle_bytes", "gauge", "Bytes of all bundles", [([], Double(figures.bytes))])
        text.add("gathering_controller_imported_rows", "gauge", "Rows of all imports", [([], Double(figures.rows))])
        text.add(
            "gathering_controller_oldest_waiting_timestamp_seconds", "gauge",
            "When the oldest bundle came that waits for its import", Self.samples("", [("", figures.waitingSince)]))
        text.add(
            "gathering_controller_agent_seen_timestamp_seconds", "gauge", "When an agent was last heard of",
            Self.samples("agent", figures.seen.map { ($0.agent, $0.at) }))
        text.add(
            "gathering_controller_project_delivered_timestamp_seconds", "gauge", "When a project was last delivered",
            Self.samples("project", figures.delivered.map { ($0.project, $0.at) }))
        text.add(
            "gathering_controller_decisions", "gauge", "Lines of the audit trail by event",
            figures.decisions.map { ([("event", $0.event)], Double($0.count)) })
        text.add(
            "gathering_controller_sink_waiting_bundles", "gauge", "Imported bundles that a sink has not taken",
            figures.sinks.map { ([("sink", $0.name)], Double($0.waiting)) })
        text.add(
            "gathering_controller_sink_oldest_waiting_timestamp_seconds", "gauge",
            "When the oldest bundle was imported that a sink has not taken",
            Self.samples("sink", figures.sinks.map { ($0.name, $0.waitingSince) }))
        text.add(
            "gathering_controller_sink_rejected_rows", "gauge", "Rows that a sink refused for good",
            figures.sinks.map { ([("sink", $0.name)], Double($0.rejected)) })
        let parts = await services.health()
        text.add(
            "gathering_controller_usable", "gauge", "Whether a part that the controller needs can be used",
            parts.map { ([("part", $0.name)], $0.fault == nil ? 1 : 0) })
        for figure in await services.processFigures() {
            text.add(figure.name, "gauge", figure.help, [([], figure.value)])
        }
        return HTTPServerResponse(
            200, headers: [("Content-Type", MetricsText.contentType), ("Cache-Control", "no-store")],
            body: Array(text.text.utf8))
    }

    private static func isLoopback(_ peer: String) -> Bool { peer == "::1" || peer.hasPrefix("127.") }

    private static func samples(
        _ label: String, _ counts: [String: Int]
    ) -> [(labels: [(String, String)], value: Double)] {
        counts.sorted { $0.key < $1.key }.map { ([(label, $0.key)], Double($0.value)) }
    }

    private static func samples(
        _ label: String, _ moments: [(name: String, at: String?)]
    ) -> [(labels: [(String, String)], value: Double)] {
        moments.compactMap { name, text in
            guard let moment = text.flatMap({ Timestamp(rfc3339: $0) }) else { return nil }
            return (label.isEmpty ? [] : [(label, name)], Double(moment.seconds))
        }
    }
}
