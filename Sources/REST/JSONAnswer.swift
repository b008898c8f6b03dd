import FoundationEssentials

/// Decodes answers so that what is wrong with one can be told without showing any of it.
enum JSONAnswer {
    static func decode<Value: Decodable>(
        _ type: Value.Type, _ body: [UInt8], subject: String, contentType: String?
    ) throws(RESTError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch let error as DecodingError {
            throw RESTError(.malformed(expectation(error, body, contentType)), subject)
        } catch {
            throw RESTError(.malformed("expected JSON"), subject)
        }
    }

    private static func expectation(_ error: DecodingError, _ body: [UInt8], _ contentType: String?) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            return "expected a member at \(path(context.codingPath + [key])), found none"
        case .typeMismatch(let type, let context):
            return "expected \(name(type)) at \(path(context.codingPath)), found something else"
        case .valueNotFound(let type, let context):
            return "expected \(name(type)) at \(path(context.codingPath)), found null"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "expected a value of another form at \(path(context.codingPath))"
        case .dataCorrupted:
            let first = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
            if body.isEmpty { return "expected JSON, found nothing" }
            if first == UInt8(ascii: "<") || contentType?.lowercased().contains("html") == true {
                return "expected JSON, found a page of HTML"
            }
            return "expected JSON, found \(body.count) bytes that are none"
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
