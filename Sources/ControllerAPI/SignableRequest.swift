/// What a signature can cover of an HTTP request, as it is on the wire.
package struct SignableRequest: Sendable {
    package let method: String
    /// The host, with the port where it is not the default: the header `Host`.
    package let authority: String
    /// The path as sent, escapes and all.
    package let path: String
    /// The query as sent, escapes and all, without the question mark; `nil` and empty are the same.
    package let query: String?
    /// All header fields, in order.
    package let fields: [(name: String, value: String)]
    package let body: [UInt8]

    package init(
        method: String, authority: String, path: String, query: String? = nil,
        fields: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        self.method = method
        self.authority = authority
        self.path = path
        self.query = query
        self.fields = fields
        self.body = body
    }

    /// The value of a header field, several lines joined (RFC 9421 §2.1); `nil` where there is none.
    func field(_ name: String) -> String? {
        let name = name.lowercased()
        let values = fields.filter { $0.name.lowercased() == name }.map { Self.trim($0.value) }
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    func adding(_ name: String, _ value: String) -> SignableRequest {
        SignableRequest(
            method: method, authority: authority, path: path, query: query, fields: fields + [(name, value)], body: body
        )
    }

    private static func trim(_ text: String) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        return String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
