import JSONValues

/// Decodes answers so that what is wrong with one can be told without showing any of it.
enum JSONAnswer {
    static func decode<Value: Decodable>(
        _ type: Value.Type, _ body: [UInt8], subject: String, contentType: String?
    ) throws(RESTError) -> Value {
        let node = try node(body, subject: subject, contentType: contentType)
        do {
            return try JSONNodeDecoder.decode(type, from: node)
        } catch let error as DecodingError {
            throw RESTError(.malformed(expectation(error)), subject)
        } catch {
            throw RESTError(.malformed("expected JSON"), subject)
        }
    }

    static func node(_ body: [UInt8], subject: String, contentType: String?) throws(RESTError) -> JSONNode {
        do throws(JSONError) {
            return try JSONNode(body)
        } catch {
            let first = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
            let isPage = first == UInt8(ascii: "<") || contentType?.lowercased().contains("html") == true
            throw RESTError(
                .malformed(isPage && !body.isEmpty ? "expected JSON, found a page of HTML" : error.description), subject
            )
        }
    }

    private static func expectation(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            return "expected a member at \(path(context.codingPath + [key])), found none"
        case .typeMismatch(let type, let context):
            return "expected \(name(type)) at \(path(context.codingPath)), found something else"
        case .valueNotFound(let type, let context):
            return "expected \(name(type)) at \(path(context.codingPath)), found null"
        case .dataCorrupted(let context):
            return "expected a value of another form at \(path(context.codingPath))"
        @unknown default: return "expected JSON of another form"
        }
    }

    /// `$.items[3].user`
    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "$") { text, key in
            if let index = key.intValue { text += "[\(index)]" } else { text += ".\(printable(key.stringValue))" }
        }
    }

    /// Names of members come from this program, except in dictionaries.
    private static func printable(_ name: String) -> String {
        String(name.prefix(60).map { $0.isASCII && ($0.isLetter || $0.isNumber || "_-$.@".contains($0)) ? $0 : "?" })
    }

    private static func name(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is Int.Type, is Int64.Type, is Double.Type: "a number"
        case is [String: Any].Type: "an object"
        case is [Any].Type: "an array"
        default: "\(type)".hasPrefix("Array") ? "an array" : "an object"
        }
    }
}
