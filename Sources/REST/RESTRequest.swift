package import HTTP

/// One question to an API. Its address is put together by `RESTClient`; no part of it may hold a secret.
package struct RESTRequest: Sendable {
    package var method: HTTPRequest.Method = .get
    /// Below the client's base, without a slash in front, each part percent-encoded where need be; or an absolute URL
    /// that the server gave, which must have the origin of the base.
    package var path: String
    package var query: [(name: String, value: String)]
    package var accept = "application/json"
    /// Sent as JSON.
    package var body: [UInt8]?
    /// Whether an unchanged answer is of no interest: the request carries the validators of the last answer that was
    /// kept, and `RESTAnswer.isUnchanged` says what came of it.
    package var isConditional = false
    /// Statuses other than 2xx that are an answer, not an error.
    package var accepted: Set<Int> = []

    package init(_ path: String, _ query: [(name: String, value: String)] = []) {
        self.path = path
        self.query = query
    }

    /// The same with another value of a member of the query.
    package func setting(_ name: String, _ value: String) -> RESTRequest {
        var request = self
        request.query.removeAll { $0.name == name }
        request.query.append((name, value))
        return request
    }
}
