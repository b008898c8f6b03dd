/// A complete request as it was sent. Its text shows method and path only.
package struct HTTPServerRequest: Sendable, CustomStringConvertible, CustomReflectable {
    package let method: String
    /// As sent, escapes and all; begins with `/`.
    package let path: String
    /// As sent, escapes and all, without the question mark; `nil` where there is none.
    package let query: String?
    /// The header `Host`; empty where an HTTP/1.0 client sent none.
    package let authority: String
    /// All header fields in their order, names in lower case.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// The address of the client, without port; one that arrived as IPv4 is written so on dual-stack sockets too.
    package let peer: String

    package init(
        method: String, path: String, query: String? = nil, authority: String = "",
        headers: [(name: String, value: String)] = [], body: [UInt8] = [], peer: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.authority = authority
        self.headers = headers
        self.body = body
        self.peer = peer
    }

    /// The first value of that name, given in lower case.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    package var description: String { "\(method) \(path)" }
    package var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
