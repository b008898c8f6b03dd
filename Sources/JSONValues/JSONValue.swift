/// JSON whose form is not ours to decide: an installation's custom fields, or what an operator wrote.
package indirect enum JSONValue: Decodable, Sendable, Equatable {
    case null
    case text(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case array([JSONValue])
    case object([String: JSONValue])

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
            return
        }
        do {
            self = .text(try container.decode(String.self))
            return
        } catch DecodingError.typeMismatch {}
        do {
            self = .object(try container.decode([String: JSONValue].self))
            return
        } catch DecodingError.typeMismatch {}
        do {
            self = .array(try container.decode([JSONValue].self))
            return
        } catch DecodingError.typeMismatch {}
        do {
            self = .integer(try container.decode(Int.self))
        } catch DecodingError.typeMismatch {
            self = .boolean(try container.decode(Bool.self))
        } catch {
            // With a fraction, or beyond 64 bits.
            self = .number(try container.decode(Double.self))
        }
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
