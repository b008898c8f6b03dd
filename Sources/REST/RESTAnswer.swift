package import HTTP
package import JSONValues

/// What a server said to one request.
package struct RESTAnswer: Sendable {
    package enum Origin: Sendable {
        case network
        /// What an unfinished gathering had already been told.
        case spool
        case archive
    }

    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]
    /// Host and path, for messages.
    package let subject: String
    package let origin: Origin

    /// Whether nothing changed since the answer whose validators were sent; the body is empty then.
    package var isUnchanged: Bool { status == 304 }

    /// Decodes the body.
    /// - Throws: `RESTError` `malformed`, which names the place and what was expected there, and no value.
    package func decode<Value: Decodable>(_ type: Value.Type) throws(RESTError) -> Value {
        try JSONAnswer.decode(type, body, subject: subject, contentType: headers["Content-Type"])
    }

    /// The body, of which only what is asked for is read.
    /// - Throws: `RESTError` `malformed`
    package func json() throws(RESTError) -> JSONNode {
        try JSONAnswer.node(body, subject: subject, contentType: headers["Content-Type"])
    }

    /// The target of a `Link` header (RFC 8288) with this relation.
    package func link(_ relation: String) -> String? {
        for header in headers.values(of: "Link") {
            for (target, parameters) in LinkHeader.parse(header) where parameters["rel"] == relation { return target }
        }
        return nil
    }
}

/// The `Link` header field (RFC 8288 §3).
enum LinkHeader {
    static func parse(_ text: String) -> [(target: String, parameters: [String: String])] {
        var links: [(String, [String: String])] = []
        var rest = Substring(text)
        while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
            let target = String(rest[rest.index(after: start)..<end])
            rest = rest[rest.index(after: end)...]
            var parameters: [String: String] = [:]
            // Up to the comma that parts this link from the next; a comma in quotation marks belongs to a value.
            var isQuoted = false
            var stop = rest.endIndex
            for index in rest.indices {
                if rest[index] == "\"" { isQuoted.toggle() }
                if rest[index] == ",", !isQuoted {
                    stop = index
                    break
                }
            }
            for parameter in rest[..<stop].split(separator: ";") {
                let parts = parameter.split(separator: "=", maxSplits: 1)
                guard parts.count == 2 else { continue }
                let name = parts[0].filter { $0 != " " }.lowercased()
                parameters[name] = parts[1].filter { $0 != "\"" && $0 != " " }
            }
            links.append((target, parameters))
            rest = stop < rest.endIndex ? rest[rest.index(after: stop)...] : rest[stop...]
        }
        return links
    }
}
