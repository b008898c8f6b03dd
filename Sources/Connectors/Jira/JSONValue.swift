/// JSON whose form an installation of Jira decides: custom fields can be anything.
indirect enum JSONValue: Decodable, Sendable, Equatable {
    case null
    case text(String)
    case number(Double)
    case boolean(Bool)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
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
            self = .number(try container.decode(Double.self))
        } catch DecodingError.typeMismatch {
            self = .boolean(try container.decode(Bool.self))
        }
    }

    subscript(name: String) -> JSONValue {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    var isNull: Bool { self == .null }

    var list: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

    var flag: Bool? { if case .boolean(let value) = self { value } else { nil } }

    /// A scalar as text; a whole number without fraction. A document of Jira Cloud's rich text as its plain text.
    var text: String? {
        switch self {
        case .null, .array: nil
        case .text(let text): text
        case .number(let number):
            number.rounded() == number && abs(number) < 1e15 ? String(Int(number)) : String(number)
        case .boolean(let value): value ? "True" : "False"
        case .object(let members): members["type"] == .text("doc") ? RichText.plain(self) : nil
        }
    }

    var integer: Int? {
        switch self {
        case .number(let number) where abs(number) < 1e15: Int(number)
        case .text(let text): Int(text.prefix { $0 != "." })
        default: nil
        }
    }
}

/// The Atlassian Document Format (developer.atlassian.com, "Structure of an ADF document") as plain text.
enum RichText {
    static func plain(_ document: JSONValue) -> String {
        var output = ""
        append(document, to: &output)
        while output.hasSuffix("\n") { output.removeLast() }
        return output
    }

    /// Nodes that stand on lines of their own.
    private static let blocks: Set = [
        "paragraph", "heading", "codeBlock", "listItem", "blockquote", "rule", "tableRow",
    ]

    private static func append(_ node: JSONValue, to output: inout String) {
        switch node["type"].text {
        case "text": output += node["text"].text ?? ""
        case "hardBreak": output += "\n"
        case "mention", "emoji": output += node["attrs"]["text"].text ?? ""
        case "inlineCard", "blockCard": output += node["attrs"]["url"].text ?? ""
        default: for child in node["content"].list ?? [] { append(child, to: &output) }
        }
        if let type = node["type"].text, blocks.contains(type), !output.hasSuffix("\n") { output += "\n" }
    }
}
