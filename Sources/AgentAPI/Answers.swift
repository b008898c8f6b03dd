import FoundationEssentials
import HTTPServer

extension HTTPServerResponse {
    /// A value as JSON. Nothing keeps it: it is old at once.
    static func json(_ status: Int, _ value: some Encodable, headers: [(name: String, value: String)] = []) throws
        -> Self
    {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return HTTPServerResponse(
            status,
            headers: [
                ("Content-Type", "application/json"), ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ] + headers,
            body: Array(try encoder.encode(value)))
    }

    /// The error body of the older agents' web API.
    static func error(
        _ status: Int, _ message: String, headers: [(name: String, value: String)] = []
    ) throws -> Self {
        let body: JSONValue = [
            "ok": false,
            "error": [
                "status": "\(status) \(reasons[status] ?? "Error")", "message": .text(message), "traceback": nil,
            ],
            "version": [:],
        ]
        return try json(status, body, headers: headers)
    }

    /// RFC 9110 §15.
    private static let reasons = [
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable",
    ]
}
