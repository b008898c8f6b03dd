internal import Cryptography

/// The values of structured header fields (RFC 8941) as far as signatures and digests use them.
enum StructuredField {
    enum Item: Hashable, Sendable {
        case integer(Int)
        case string(String)
        case token(String)
        case bytes([UInt8])
        case boolean(Bool)

        var serialized: String {
            switch self {
            case .integer(let number): String(number)
            case .string(let text): Self.quote(text)
            case .token(let text): text
            case .bytes(let bytes): ":\(Base64.standard.encode(bytes)):"
            case .boolean(let value): value ? "?1" : "?0"
            }
        }

        private static func quote(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
    }

    struct Parameter: Hashable, Sendable {
        let name: String
        let value: Item
    }

    struct Parameterized: Hashable, Sendable {
        let item: Item
        let parameters: [Parameter]

        var serialized: String { item.serialized + StructuredField.serialize(parameters) }
    }

    enum Member: Hashable, Sendable {
        case item(Parameterized)
        case list([Parameterized], [Parameter])
    }

    static func serialize(_ parameters: [Parameter]) -> String {
        parameters.map { parameter in
            if case .boolean(true) = parameter.value { return ";\(parameter.name)" }
            return ";\(parameter.name)=\(parameter.value.serialized)"
        }.joined()
    }

    /// Reads a dictionary. Other than the RFC, which keeps the last, a repeated name is an error; decimals are too.
    static func dictionary(_ text: String) -> [String: Member]? {
        var parser = StructuredFieldParser(text)
        return parser.dictionary()
    }
}
