import JSONValues

extension JSONValue {
    /// A scalar as text; a whole number without fraction. A document of Jira Cloud's rich text as its plain text.
    var text: String? {
        switch self {
        case .boolean(let value): value ? "True" : "False"
        case .object(let members): members["type"] == .text("doc") ? RichText.plain(self) : nil
        default: plain
        }
    }

    var integer: Int? {
        switch self {
        case .integer(let number): number
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
