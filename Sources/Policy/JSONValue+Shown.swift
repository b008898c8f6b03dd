import JSONValues

extension JSONValue {
    /// What it is, for a message: short texts and numbers as they are.
    var shown: String {
        switch self {
        case .array(let entries): entries.isEmpty ? "an empty list" : "a list"
        case .text(let text): "\"\(text.prefix(60))\""
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        case .null, .object: kind
        }
    }
}
