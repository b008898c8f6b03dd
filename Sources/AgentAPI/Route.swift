/// One address of the web API. The description for programs (`/openapi.json`) is made from these.
struct Route: Sendable {
    enum Access: Sendable {
        /// Anybody may ask.
        case open
        /// Whoever shows the token, and on loopback everybody.
        case guarded
    }

    struct Answer: Sendable {
        let status: Int
        let description: String
        /// The content type and the name of its schema, for JSON.
        let type: String
        let schema: String?

        static func json(_ status: Int, _ description: String, _ schema: String) -> Answer {
            Answer(status: status, description: description, type: "application/json", schema: schema)
        }
        static func text(_ status: Int, _ description: String, _ type: String) -> Answer {
            Answer(status: status, description: description, type: type, schema: nil)
        }
        static func error(_ status: Int, _ description: String) -> Answer { json(status, description, "Error") }
    }

    let method: String
    /// With `{id}` for one part that may be anything.
    let path: String
    let summary: String
    let access: Access
    let answers: [Answer]

    static let all: [Route] = [
        Route(
            method: "get", path: "/status", summary: "Whether a gathering is under way", access: .open,
            answers: [.json(200, "It is.", "Status"), .json(503, "It is not.", "Status")]),
        Route(
            method: "post", path: "/scrape", summary: "Begin a gathering of all projects, whatever the schedule says",
            access: .guarded,
            answers: [
                .json(201, "It begins.", "Begun"), .error(400, "The request was not a POST."),
                .error(401, "The bearer token is missing or wrong."),
                .error(403, "The header Host or Origin is not that of this agent."),
                .error(429, "There were too many requests."), .error(500, "It cannot begin."),
                .error(503, "One is under way already, or this one ended at once."),
            ]),
        guarded("/runs", "The latest runs, the newest first", .json(200, "The runs.", "Runs")),
        guarded(
            "/runs/{id}", "One run", .json(200, "The run.", "Run"), .error(404, "There is no run of that id.")),
        guarded("/report", "What the agent has done and will do", .json(200, "The report.", "Report")),
        guarded("/metrics", "Figures in the text format of Prometheus", .text(200, "The figures.", "text/plain")),
        guarded("/", "A page for people", .text(200, "The page.", "text/html")),
        Route(
            method: "get", path: "/healthz", summary: "Whether the agent is alive", access: .open,
            answers: [.text(200, "It is.", "text/plain")]),
        Route(
            method: "get", path: "/readyz", summary: "Whether the agent can do its work", access: .open,
            answers: [.text(200, "It can.", "text/plain"), .text(503, "It cannot.", "text/plain")]),
        Route(
            method: "get", path: "/openapi.json", summary: "This description", access: .open,
            answers: [.json(200, "The description.", "OpenAPI")]),
    ]

    private static func guarded(_ path: String, _ summary: String, _ answers: Answer...) -> Route {
        Route(
            method: "get", path: path, summary: summary, access: .guarded,
            answers: answers + [
                .error(401, "The bearer token is missing or wrong."),
                .error(403, "The header Host is not that of this agent."),
                .error(429, "There were too many wrong tokens."),
            ])
    }

    /// The route of a path as it was sent, and what stands for `{id}`.
    static func find(_ path: String) -> (route: Route, id: String?)? {
        if let route = all.first(where: { $0.path == path }) { return (route, nil) }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1] == "runs", !parts[2].isEmpty,
            let route = all.first(where: { $0.path == "/runs/{id}" })
        else { return nil }
        return (route, String(parts[2]))
    }
}
