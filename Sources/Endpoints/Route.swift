internal import ControllerAPI
internal import HTTPServer

/// One method at one address: what answers it, and what its description says. The addresses that are answered and
/// those that `/openapi.json` describes are this list.
struct Route: Sendable {
    /// What a request has to show.
    enum Security: Sendable {
        /// Nothing.
        case none
        /// The signature of an enrolled agent; agents of the older system come from allowed networks instead.
        case signature
        /// The cookie of somebody who logged in; forms bring a word besides.
        case session
        /// The same, or an account's name and password.
        case account
    }

    struct Parameter: Sendable {
        let name: String
        let isRequired: Bool
        let description: String
        /// The name of a schema below, else `string`.
        var schema = "Text"
    }

    struct Answer: Sendable {
        let status: Int
        let description: String
        /// The name of a schema below; `nil` where there is no content.
        var schema: String?
        var type = "application/json"
    }

    let method: String
    let path: String
    let summary: String
    var security = Security.signature
    var query: [Parameter] = []
    /// Form fields.
    var form: [Parameter] = []
    var answers: [Answer] = []
    /// Whether it is for people: then refusals are, too.
    var isPage = false
    let handler: @Sendable (Endpoints) -> @Sendable (HTTPServerRequest) async throws -> HTTPServerResponse

    /// All methods of an address, also in the form that ends in `.py`; `nil` for any other address.
    static func find(_ path: String) -> [Route]? { byPath[path] }

    private static let byPath: [String: [Route]] = {
        var routes: [String: [Route]] = [:]
        for route in all {
            routes[route.path, default: []].append(route)
            if let endpoint = Endpoint(path: route.path) { routes[endpoint.legacyPath, default: []].append(route) }
        }
        return routes
    }()

    private static let project = Parameter(
        name: "project", isRequired: true, description: "the project's key", schema: "Key")
    private static let agent = Parameter(
        name: "agent", isRequired: false, description: "the agent's key; the project's where it is missing",
        schema: "Key")

    static let all: [Route] = forPrograms + pages

    private static let forPrograms: [Route] = [
        Route(
            method: "POST", path: Endpoint.agent.path, summary: "register an agent's key for a project",
            query: [project, agent],
            form: [
                Parameter(name: "public_key", isRequired: true, description: "one line as in a .pub file"),
                Parameter(
                    name: "generation", isRequired: false, description: "how often the state directory registered"),
                Parameter(name: "lineage", isRequired: false, description: "a word that the state directory chose"),
                Parameter(name: "next_key", isRequired: false, description: "the key that the agent will use next"),
                Parameter(name: "next_key_proof", isRequired: false, description: "base64 of the next key's signature"),
            ],
            answers: [
                Answer(status: 200, description: "accepted", schema: "Registration"),
                Answer(status: 409, description: "somebody has to decide first", schema: "Message", type: "text/plain"),
            ], handler: { endpoints in { try await endpoints.register($0) } }),
        Route(
            method: "GET", path: Endpoint.status.path, summary: "whether the agent may gather now",
            query: [
                project, agent,
                Parameter(
                    name: "triggered", isRequired: false, description: "the trigger that the agent follows",
                    schema: "Number"),
            ],
            answers: [
                Answer(status: 200, description: "it may", schema: "Status"),
                Answer(status: 503, description: "not now", schema: "Status"),
            ], handler: { endpoints in { try await endpoints.status($0) } }),
        Route(
            method: "POST", path: Endpoint.status.path, summary: "figures of a BigBoat dashboard",
            query: [project],
            form: [
                Parameter(name: "status", isRequired: true, description: "JSON: a list of figures"),
                Parameter(name: "source", isRequired: false, description: "the dashboard's URL"),
            ], answers: [Answer(status: 202, description: "stored")],
            handler: { endpoints in { try await endpoints.dashboard($0) } }),
        Route(
            method: "POST", path: Endpoint.export.path, summary: "an upload is complete",
            query: [project],
            form: [
                Parameter(name: "agent", isRequired: false, description: "JSON: user, key, hostname, version"),
                Parameter(name: "files", isRequired: false, description: "JSON: export, update, other, bundle"),
            ],
            answers: [
                Answer(status: 202, description: "taken; of a bundle with a receipt", schema: "Receipt"),
                Answer(
                    status: 422, description: "the bundle is not what was announced", schema: "Message",
                    type: "text/plain"),
            ], handler: { endpoints in { try await endpoints.export($0) } }),
        Route(
            method: "POST", path: Endpoint.log.path,
            summary: "records of an agent's log: one as form fields, or up to 500 as application/x-ndjson",
            query: [project, agent],
            answers: [
                Answer(status: 202, description: "stored"), Answer(status: 204, description: "nothing worth keeping"),
            ], handler: { endpoints in { try await endpoints.log($0) } }),
        Route(
            method: "GET", path: Endpoint.wait.path, summary: "wait until somebody wants the agent to gather",
            query: [
                Parameter(name: "agent", isRequired: true, description: "the agent's key", schema: "Key"),
                Parameter(
                    name: "after", isRequired: false, description: "the last trigger that the agent heard of",
                    schema: "Number"),
            ],
            answers: [
                Answer(status: 200, description: "gather these", schema: "Trigger"),
                Answer(status: 204, description: "nothing for 50 seconds"),
            ], handler: { endpoints in { try await endpoints.wait($0) } }),
        Route(
            method: "GET", path: Endpoint.trackers.path,
            summary: "the update trackers that imports left of a project, for an agent that lost its own",
            query: [project, agent],
            answers: [Answer(status: 200, description: "what files hold, by their names", schema: "Trackers")],
            handler: { endpoints in { try await endpoints.trackers($0) } }),
        Route(
            method: "GET", path: Endpoint.access.path, summary: "the projects that a visitor from this address may see",
            security: .none, answers: [Answer(status: 200, description: "keys, or * for all", schema: "Keys")],
            handler: { endpoints in { try await endpoints.access($0) } }),
        Route(
            method: "GET", path: Endpoint.encrypt.path, summary: "the pseudonym of a value",
            query: [
                Parameter(name: "value", isRequired: true, description: "the value in the clear"),
                Parameter(
                    name: "project", isRequired: false, description: "the project whose salts count", schema: "Key"),
                agent,
            ],
            answers: [
                Answer(status: 200, description: "the pseudonym", schema: "Pseudonym"),
                Answer(status: 404, description: "there are no salts", schema: "Message", type: "text/plain"),
            ], handler: { endpoints in { try await endpoints.encrypt($0) } }),
        Route(
            method: "POST", path: Endpoint.encrypt.path, summary: "the same, with the value out of access logs",
            form: [
                Parameter(name: "value", isRequired: true, description: "the value in the clear"),
                Parameter(
                    name: "project", isRequired: false, description: "the project whose salts count", schema: "Key"),
            ],
            answers: [
                Answer(status: 200, description: "the pseudonym", schema: "Pseudonym"),
                Answer(status: 404, description: "there are no salts", schema: "Message", type: "text/plain"),
            ], handler: { endpoints in { try await endpoints.encrypt($0) } }),
        Route(
            method: "GET", path: Endpoint.version.path, summary: "whether a version is as new as this controller",
            query: [Parameter(name: "version", isRequired: true, description: "0.1.0, 0.1.0-BRANCH-COMMIT or COMMIT")],
            answers: [Answer(status: 200, description: "compared", schema: "Version")],
            handler: { endpoints in { try await endpoints.version($0) } }),
        Route(
            method: "GET", path: "/healthz", summary: "whether the program answers", security: .none,
            answers: [Answer(status: 200, description: "it does", schema: "Health")],
            handler: { _ in { _ in .json(200, Array(#"{"ok": true}"#.utf8)) } }),
        Route(
            method: "GET", path: "/readyz", summary: "whether database, spool and SSH server can be used",
            security: .none,
            answers: [
                Answer(status: 200, description: "they can", schema: "Health"),
                Answer(status: 503, description: "not all of them", schema: "Health"),
            ], handler: { endpoints in { _ in await endpoints.readiness() } }),
        Route(
            method: "GET", path: "/metrics",
            summary: "figures for Prometheus: with METRICS_TOKEN for who sends it as a bearer token, else for loopback",
            security: .none,
            answers: [
                Answer(
                    status: 200, description: "version 0.0.4 of the text format", schema: "Text", type: "text/plain"),
                Answer(
                    status: 401, description: "the token is missing or wrong", schema: "Message", type: "text/plain"),
                Answer(status: 403, description: "not from this machine", schema: "Message", type: "text/plain"),
            ], handler: { endpoints in { try await endpoints.metrics($0) } }),
        Route(
            method: "GET", path: "/openapi.json", summary: "this description", security: .none,
            answers: [Answer(status: 200, description: "OpenAPI 3.0.3", schema: "Any")],
            handler: { _ in { _ in .json(200, Array(OpenAPI.text.utf8)) } }),
    ]
}
