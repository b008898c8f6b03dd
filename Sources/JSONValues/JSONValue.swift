/// JSON whose form is not ours to decide: an installation's custom fields, or what an operator wrote.
package indirect enum JSONValue: Decodable, Sendable, Equatable {
    case null
    case text(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads a text with all that is inside.
    /// - Throws: `JSONError`
    package init(_ content: [UInt8]) throws(JSONError) { self = try JSONNode(content).value }

    /// - Throws: `DecodingError` for a decoder that is not of this module.
    package init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? JSONNodeDecoder else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "expected a decoder of values that are read"))
        }
        self = decoder.node.value
    }

    package subscript(name: String) -> JSONValue {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    package var isNull: Bool { self == .null }

    package var list: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

    package var members: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }

    package var flag: Bool? { if case .boolean(let value) = self { value } else { nil } }

    /// A text or a number as text; a whole number without a fraction.
    package var plain: String? {
        switch self {
        case .null, .array, .object, .boolean: nil
        case .text(let text): text
        case .integer(let number): String(number)
        case .number(let number):
            number.rounded() == number && abs(number) < 1e15 ? String(Int(number)) : String(number)
        }
    }

    /// What it is, for messages: never the value.
    package var kind: String {
        switch self {
        case .null: "null"
        case .text: "a text"
        case .integer, .number: "a number"
        case .boolean: "true or false"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
