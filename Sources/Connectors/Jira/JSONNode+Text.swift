import JSONValues

extension JSONNode {
    /// A scalar as text; a whole number without fraction. A document of Jira Cloud's rich text as its plain text.
    var text: String? {
        if let plain { return plain }
        if let flag { return flag ? "True" : "False" }
        return isObject && self["type"].string == "doc" ? RichText.plain(self) : nil
    }

    /// A number without its fraction, or the digits of a text before its point.
    var whole: Int? {
        if let integer { return integer }
        if let number { return abs(number) < 1e15 ? Int(number) : nil }
        return string.flatMap { Int($0.prefix { $0 != "." }) }
    }
}

/// The Atlassian Document Format (developer.atlassian.com, "Structure of an ADF document") as plain text.
enum RichText {
    static func plain(_ document: JSONNode) -> String {
        var output = ""
        append(document, to: &output)
        while output.hasSuffix("\n") { output.removeLast() }
        return output
    }

    /// Nodes that stand on lines of their own.
    private static let blocks: Set = [
        "paragraph", "heading", "codeBlock", "listItem", "blockquote", "rule", "tableRow",
    ]

    private static func append(_ node: JSONNode, to output: inout String) {
        switch node["type"].text {
        case "text": output += node["text"].text ?? ""
        case "hardBreak": output += "\n"
        case "mention", "emoji": output += node["attrs"]["text"].text ?? ""
        case "inlineCard", "blockCard": output += node["attrs"]["url"].text ?? ""
        default: for child in node["content"].entries { append(child, to: &output) }
        }
        if let type = node["type"].text, blocks.contains(type), !output.hasSuffix("\n") { output += "\n" }
    }
}
