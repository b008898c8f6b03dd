internal import ControllerAPI
internal import FoundationEssentials

/// The description of the routes in the form of OpenAPI 3.0.3.
enum OpenAPI {
    static let text: String = Value.object(document).json

    /// JSON with its members in the order in which they are meant to be read.
    indirect enum Value: Sendable {
        case text(String)
        case flag(Bool)
        case number(Int)
        case list([Value])
        case object([(String, Value)])

        var json: String {
            switch self {
            case .text(let text): Self.quoted(text)
            case .flag(let flag): flag ? "true" : "false"
            case .number(let number): String(number)
            case .list(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
            case .object(let members):
                "{" + members.map { "\(Self.quoted($0.0)):\($0.1.json)" }.joined(separator: ",") + "}"
            }
        }

        private static func quoted(_ text: String) -> String {
            var result = "\""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"": result += "\\\""
                case "\\": result += "\\\\"
                default: result.unicodeScalars.append(scalar)
                }
            }
            return result + "\""
        }
    }

    private static let document: [(String, Value)] = [
        ("openapi", .text("3.0.3")),
        (
            "info",
            .object([
                ("title", .text("Controller API")),
                (
                    "description",
                    .text(
                        "What agents ask of a controller, each address also with .py at its end for older agents; and "
                            + "what people who look after the fleet do.")
                ),
                ("version", .text("1")),
            ])
        ),
        ("paths", .object(paths)),
        (
            "components",
            .object([
                ("schemas", .object(schemas)),
                (
                    "securitySchemes",
                    .object([
                        (
                            "signature",
                            .object([
                                ("type", .text("apiKey")), ("in", .text("header")), ("name", .text("Signature")),
                                ("description", .text("HTTP Message Signature (RFC 9421), label agent, ed25519")),
                            ])
                        ),
                        (
                            "session",
                            .object([
                                ("type", .text("apiKey")), ("in", .text("cookie")), ("name", .text("__Host-session")),
                                ("description", .text("Given by /login")),
                            ])
                        ),
                        ("account", .object([("type", .text("http")), ("scheme", .text("basic"))])),
                    ])
                ),
            ])
        ),
    ]

    private static var paths: [(String, Value)] {
        var names: [String] = []
        for route in Route.all where !names.contains(route.path) { names.append(route.path) }
        return names.map { name in
            let routes = Route.all.filter { $0.path == name }
            return (name, .object(routes.map { ($0.method.lowercased(), .object(operation($0))) }))
        }
    }

    private static func operation(_ route: Route) -> [(String, Value)] {
        var members: [(String, Value)] = [
            ("summary", .text(route.summary)),
            ("security", .list(schemes(route.security).map { .object([($0, .list([]))]) })),
        ]
        if !route.query.isEmpty {
            members.append(
                (
                    "parameters",
                    .list(
                        route.query.map { parameter in
                            .object([
                                ("name", .text(parameter.name)), ("in", .text("query")),
                                ("required", .flag(parameter.isRequired)),
                                ("description", .text(parameter.description)), ("schema", reference(parameter.schema)),
                            ])
                        })
                ))
        }
        if !route.form.isEmpty { members.append(("requestBody", .object(body(route)))) }
        members.append(("responses", .object(responses(route))))
        return members
    }

    /// The names of the ways to be known, one of which is needed.
    private static func schemes(_ security: Route.Security) -> [String] {
        switch security {
        case .none: []
        case .signature: ["signature"]
        case .session: ["session"]
        case .account: ["session", "account"]
        }
    }

    private static func body(_ route: Route) -> [(String, Value)] {
        let properties = route.form.map { parameter in
            (
                parameter.name,
                Value.object([("type", .text("string")), ("description", .text(parameter.description))])
            )
        }
        let required = route.form.filter(\.isRequired).map { Value.text($0.name) }
        var schema: [(String, Value)] = [("type", .text("object")), ("properties", .object(properties))]
        if !required.isEmpty { schema.append(("required", .list(required))) }
        return [
            ("required", .flag(true)),
            (
                "content",
                .object([("application/x-www-form-urlencoded", .object([("schema", .object(schema))]))])
            ),
        ]
    }

    private static func responses(_ route: Route) -> [(String, Value)] {
        var answers = route.answers
        if route.security == .signature {
            for (status, words) in [
                (400, "a parameter is missing or wrong"), (401, "not signed, or not by that agent"),
                (403, "not for this agent, or not from here"), (429, "too often; Retry-After says when again"),
            ] {
                answers.append(
                    Route.Answer(status: status, description: words, schema: "Message", type: "text/plain"))
            }
        }
        if route.security == .session || route.security == .account {
            let type = route.isPage ? "text/html" : "text/plain"
            for (status, words) in [
                (401, "nobody is logged in"), (403, "not from here, not from our page, or not for a viewer"),
                (429, "tried too often; Retry-After says when again"),
            ] {
                answers.append(Route.Answer(status: status, description: words, schema: "Text", type: type))
            }
        }
        answers.append(
            Route.Answer(
                status: 500, description: "a fault of the controller; the text has the id of a log record",
                schema: "Message", type: "text/plain"))
        return answers.sorted { $0.status < $1.status }.map { answer in
            var members: [(String, Value)] = [("description", .text(answer.description))]
            if let schema = answer.schema {
                members.append(
                    ("content", .object([(answer.type, .object([("schema", reference(schema))]))])))
            }
            return (String(answer.status), .object(members))
        }
    }

    private static func reference(_ name: String) -> Value {
        .object([("$ref", .text("#/components/schemas/\(name)"))])
    }

    private static func object(_ members: [(String, Value)], required: [String]) -> Value {
        .object([
            ("type", .text("object")), ("properties", .object(members)),
            ("required", .list(required.map { .text($0) })),
        ])
    }

    private static func type(_ name: String) -> Value { .object([("type", .text(name))]) }

    /// What `/fleet.json` says.
    private static let fleet: Value = {
        func list(_ items: Value) -> Value { .object([("type", .text("array")), ("items", items)]) }
        let moment = Value.object([("type", .text("string")), ("format", .text("date-time"))])
        let (text, number, flag) = (type("string"), type("integer"), type("boolean"))
        return object(
            [
                ("at", moment), ("warnings", list(text)),
                (
                    "agents",
                    list(
                        object(
                            [
                                ("agent", reference("Key")), ("state", text), ("fingerprint", text),
                                ("next_fingerprint", text), ("registered_at", moment), ("seen_at", moment),
                                ("address", text), ("version", text), ("legacy", flag), ("copy_seen_at", moment),
                                ("copy_address", text), ("projects", reference("Keys")), ("overdue", reference("Keys")),
                                ("wishes", reference("Keys")),
                                (
                                    "last",
                                    object(
                                        [
                                            ("project", reference("Key")), ("run", text), ("state", text),
                                            ("rows", number), ("reason", text), ("received_at", moment),
                                        ], required: ["project", "run", "state", "received_at"])
                                ),
                            ], required: ["agent", "state", "fingerprint", "registered_at", "projects", "overdue"]))
                ),
                (
                    "projects",
                    list(
                        object(
                            [
                                ("project", reference("Key")), ("agents", reference("Keys")), ("own_days", number),
                                ("own_drift_minutes", number), ("days", number), ("drift_minutes", number),
                                ("delivered_at", moment), ("next_at", moment), ("allowed_at", moment),
                                ("locked_at", moment), ("lock_reason", text), ("overdue_since", moment),
                            ], required: ["project", "agents", "days", "drift_minutes"]))
                ),
                (
                    "runs",
                    list(
                        object(
                            [
                                ("agent", reference("Key")), ("project", reference("Key")), ("run", text),
                                ("state", text), ("signed", flag), ("size", number), ("received", moment),
                                ("imported", moment), ("rows", number), ("reason", text),
                            ], required: ["agent", "project", "run", "state", "signed", "size", "received"]))
                ),
                (
                    "triggers",
                    list(
                        object(
                            [
                                ("agent", reference("Key")), ("project", reference("Key")), ("requested_at", moment),
                                ("told_at", moment),
                            ], required: ["agent", "project", "requested_at"]))
                ),
                ("quarantine", list(object([("bundle", text), ("bytes", number)], required: ["bundle", "bytes"]))),
            ], required: ["at", "warnings", "agents", "projects", "runs", "triggers", "quarantine"])
    }()

    private static let schemas: [(String, Value)] = [
        ("Any", type("object")),
        ("Text", type("string")),
        ("Message", type("string")),
        ("Number", .object([("type", .text("integer")), ("minimum", .number(0))])),
        ("Key", .object([("type", .text("string")), ("pattern", .text("^[A-Z][A-Z0-9_]{0,19}$"))])),
        ("Keys", .object([("type", .text("array")), ("items", type("string"))])),
        (
            "Registration",
            object(
                [
                    (
                        "salts",
                        object([("salt", type("string")), ("pepper", type("string"))], required: ["salt", "pepper"])
                    ),
                    ("usernames", .object([("type", .text("array")), ("items", type("object"))])),
                    ("controller", type("object")),
                ], required: ["salts"])
        ),
        (
            "Status",
            .object([
                ("type", .text("object")),
                (
                    "additionalProperties",
                    object(
                        [("ok", type("boolean")), ("message", type("string")), ("contents", type("string"))],
                        required: ["ok"])
                ),
                ("required", .list([.text("total")])),
            ])
        ),
        ("Receipt", type("object")),
        ("Fleet", fleet),
        ("Trackers", .object([("type", .text("object")), ("additionalProperties", type("string"))])),
        (
            "Trigger",
            object(
                [
                    ("trigger", type("integer")),
                    ("projects", .object([("type", .text("array")), ("items", reference("Key"))])),
                ],
                required: ["trigger", "projects"])
        ),
        (
            "Pseudonym",
            object([("value", type("string")), ("encryption", type("integer"))], required: ["value", "encryption"])
        ),
        (
            "Version",
            object(
                [("up_to_date", type("boolean")), ("version", type("string"))], required: ["up_to_date", "version"])
        ),
        ("Health", object([("ok", type("boolean"))], required: ["ok"])),
    ]
}
