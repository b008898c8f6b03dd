internal import HTTPServer

/// The addresses for people who look after the fleet.
extension Route {
    private static func page(
        _ path: String, _ summary: String, _ query: [Parameter] = [], security: Security = .session,
        _ handler: @escaping @Sendable (Endpoints) -> @Sendable (HTTPServerRequest) async throws -> HTTPServerResponse
    ) -> Route {
        Route(
            method: "GET", path: path, summary: summary, security: security, query: query,
            answers: [Answer(status: 200, description: "a page", schema: "Text", type: "text/html")], isPage: true,
            handler: handler)
    }

    private static func decision(
        _ path: String, _ summary: String, _ form: [Parameter],
        _ handler: @escaping @Sendable (Endpoints) -> @Sendable (HTTPServerRequest) async throws -> HTTPServerResponse
    ) -> Route {
        Route(
            method: "POST", path: path, summary: summary, security: .session, form: form + [token],
            answers: [
                Answer(status: 303, description: "done; Location is where to look"),
                Answer(status: 400, description: "a field is missing or wrong", schema: "Text", type: "text/html"),
                Answer(status: 409, description: "it cannot be done", schema: "Text", type: "text/html"),
            ], isPage: true, handler: handler)
    }

    private static let token = Parameter(
        name: "form_token", isRequired: true, description: "the word that the session's pages have in their forms")
    private static let agent = Parameter(name: "agent", isRequired: true, description: "the agent's key", schema: "Key")
    private static let project = Parameter(
        name: "project", isRequired: true, description: "the project's key", schema: "Key")

    static let pages: [Route] = [
        page("/", "the fleet, or the form to log in", security: .none) { endpoints in
            { try await endpoints.fleetPage($0) }
        },
        Route(
            method: "POST", path: "/login", summary: "log in", security: .none,
            form: [
                Parameter(name: "name", isRequired: true, description: "the account's name"),
                Parameter(name: "password", isRequired: true, description: "its password"),
            ],
            answers: [
                Answer(status: 303, description: "logged in; the cookie is the session"),
                Answer(
                    status: 401, description: "the name or the password is not right", schema: "Text",
                    type: "text/html"),
                Answer(
                    status: 403, description: "not from here, or not from our page", schema: "Text", type: "text/html"),
                Answer(status: 429, description: "tried too often", schema: "Text", type: "text/html"),
                Answer(status: 503, description: "too many log in at once", schema: "Text", type: "text/html"),
            ], isPage: true, handler: { endpoints in { try await endpoints.login($0) } }),
        Route(
            method: "POST", path: "/logout", summary: "log out", security: .session, form: [token],
            answers: [Answer(status: 303, description: "logged out")], isPage: true,
            handler: { endpoints in { try await endpoints.logout($0) } }),
        page("/fleet/agent", "one agent", [agent]) { endpoints in { try await endpoints.agentPage($0) } },
        page("/fleet/project", "one project", [project]) { endpoints in { try await endpoints.projectPage($0) } },
        page("/fleet/runs", "the latest runs") { endpoints in { try await endpoints.runsPage($0) } },
        page("/fleet/audit", "the newest lines of the audit trail") { endpoints in { try await endpoints.auditPage($0) }
        },
        Route(
            method: "GET", path: "/fleet.json", summary: "what the fleet page shows, for programs", security: .account,
            answers: [Answer(status: 200, description: "the facts", schema: "Fleet")],
            handler: { endpoints in { try await endpoints.fleetFacts($0) } }),
        decision(
            "/fleet/approve", "accept an agent's key",
            [
                agent, Parameter(name: "fingerprint", isRequired: true, description: "of the key that was seen"),
                Parameter(name: "projects", isRequired: true, description: "keys of projects, parted by blanks"),
            ]
        ) { endpoints in { try await endpoints.approve($0) } },
        decision("/fleet/revoke", "shut an agent out", [agent]) { endpoints in { try await endpoints.revoke($0) } },
        decision("/fleet/trigger", "have a project gathered now", [project]) { endpoints in
            { try await endpoints.trigger($0) }
        },
        decision("/fleet/allow-now", "let a project be gathered once", [project]) { endpoints in
            { try await endpoints.allowNow($0) }
        },
        decision(
            "/fleet/schedule", "give a project a schedule of its own",
            [
                project,
                Parameter(
                    name: "days", isRequired: false, description: "between two gatherings; empty as settings say"),
                Parameter(name: "drift", isRequired: false, description: "minutes earlier or later"),
            ]
        ) { endpoints in { try await endpoints.setSchedule($0) } },
    ]
}
