/// The answer to a request.
package struct HTTPServerResponse: Sendable {
    /// 200 to 599.
    package var status: Int
    /// Without `Content-Length`, `Date` and `Transfer-Encoding`, which the server adds. An invalid name or value turns
    /// the answer into a plain 500. `Connection: close` closes the connection afterwards.
    package var headers: [(name: String, value: String)]
    /// Also given in answer to HEAD: its size is sent.
    package var body: [UInt8]

    package init(_ status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// One line of plain text.
    package init(_ status: Int, text: String) {
        self.init(
            status, headers: [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")],
            body: Array("\(text)\n".utf8))
    }

    static let stopping = HTTPServerResponse(503, text: "the server is stopping").closing()
    static let overloaded = HTTPServerResponse(503, text: "the server is busy, try again later").closing()

    /// The same, and the connection ends with it.
    func closing() -> HTTPServerResponse {
        var response = self
        response.headers.removeAll { $0.name.lowercased() == "connection" }
        response.headers.append(("Connection", "close"))
        return response
    }
}
