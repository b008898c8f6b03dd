/// The description of the web API for programs, OpenAPI 3.0.3, made from the routes.
enum OpenAPIDocument {
    static func value(version: String) -> JSONValue {
        var paths: [String: JSONValue] = [:]
        for route in Route.all { paths[route.path] = .object([route.method: operation(route)]) }
        return [
            "openapi": "3.0.3",
            "info": ["title": "Scraper API", "version": .text(version), "license": ["name": "Apache-2.0"]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas),
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }

    private static func operation(_ route: Route) -> JSONValue {
        var operation: [String: JSONValue] = [
            "summary": .text(route.summary),
            "responses": .object(
                Dictionary(uniqueKeysWithValues: route.answers.map { (String($0.status), response($0)) })),
        ]
        if route.path.contains("{id}") {
            operation["parameters"] = [["name": "id", "in": "path", "required": true, "schema": text]]
        }
        // An empty requirement stands for none: on loopback.
        if route.access == .guarded { operation["security"] = [["token": []], [:]] }
        return .object(operation)
    }

    private static func response(_ answer: Route.Answer) -> JSONValue {
        let schema: JSONValue = answer.schema.map { ["$ref": "#/components/schemas/\($0)"] } ?? text
        return [
            "description": .text(answer.description), "content": .object([answer.type: ["schema": schema]]),
        ]
    }

    // MARK: Schemas

    private static let text: JSONValue = ["type": "string"]
    private static let flag: JSONValue = ["type": "boolean"]
    private static let number: JSONValue = ["type": "integer"]
    private static let time: JSONValue = ["type": "string", "format": "date-time"]

    private static func object(_ members: [String: JSONValue], required: [String]) -> JSONValue {
        ["type": "object", "properties": .object(members), "required": .list(required.map { .text($0) })]
    }

    private static func reference(_ name: String) -> JSONValue { ["$ref": "#/components/schemas/\(name)"] }

    private static let schemas: [String: JSONValue] = [
        "Status": object(["ok": flag, "message": text], required: ["ok", "message"]),
        "Begun": object(["ok": flag], required: ["ok"]),
        "Error": object(
            [
                "ok": flag, "version": ["type": "object"],
                "error": object(
                    ["status": text, "message": text, "traceback": ["type": "string", "nullable": true]],
                    required: ["status", "message"]),
            ], required: ["ok", "error"]),
        "Source": object(
            [
                "name": text, "outcome": text, "problems": ["type": "array", "items": text],
                "seconds": ["type": "number"],
            ], required: ["name", "outcome", "problems", "seconds"]),
        "Run": object(
            [
                "id": text, "project": text, "cause": text, "started": time, "ended": time,
                "outcome": ["type": "string", "enum": ["running", "complete", "partial", "failed", "not-now"]],
                "problem": text, "advice": text, "rows": number, "bytes": number,
                "sources": ["type": "array", "items": reference("Source")],
            ], required: ["id", "project", "cause", "started", "outcome", "rows", "bytes", "sources"]),
        "Runs": object(["runs": ["type": "array", "items": reference("Run")]], required: ["runs"]),
        "Problem": object(["time": time, "text": text, "advice": text], required: ["time", "text"]),
        "Report": object(
            [
                "version": text, "agent": text, "controller": text, "isGathering": flag,
                "problem": reference("Problem"), "policy": text,
                "refusals": [
                    "type": "array",
                    "items": object(
                        ["project": text, "text": text, "advice": text, "count": number, "first": time, "last": time],
                        required: ["text", "count", "first", "last"]),
                ],
                "daemon": object(
                    [
                        "process": number, "version": text, "started": time, "address": text, "waiting": text,
                        "problem": reference("Problem"),
                        "plans": [
                            "type": "array",
                            "items": object(
                                ["setting": text, "period": text, "next": time],
                                required: ["setting", "period", "next"]),
                        ],
                    ], required: ["process", "version", "started", "address", "plans", "waiting"]),
                "projects": [
                    "type": "array",
                    "items": object(
                        [
                            "project": text, "last": reference("Run"), "lastComplete": time, "wanted": time,
                            "waits": ["type": "array", "items": text],
                        ],
                        required: ["project"]),
                ],
                "outbox": object(
                    [
                        "bundles": number, "bytes": number, "limit": number, "damaged": number, "oldest": time,
                        "problem": text,
                    ], required: ["bundles", "bytes", "limit", "damaged"]),
            ], required: ["version", "isGathering", "projects", "refusals"]),
        "OpenAPI": ["type": "object"],
    ]
}
