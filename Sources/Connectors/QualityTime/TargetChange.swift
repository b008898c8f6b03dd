/// A change of a metric's target, as Quality-time's changelog tells it in words:
/// *user* `changed the` *attribute* `of metric '…' of subject '…' in report '…' from '`*old*`' to '`*new*`'.`
struct TargetChange: Equatable {
    let user: String
    /// The column of the target.
    let column: String
    let old: String
    let new: String

    private static let columns = [
        "near_target": "low_target", "target": "target", "debt_target": "debt_target", "comment": "comment",
        "scale": "scale", "direction": "direction",
    ]

    /// `nil` for a sentence of another kind.
    init?(_ sentence: String) {
        guard let verb = sentence.firstRange(of: " changed the "), sentence.hasSuffix("'.") else { return nil }
        let rest = sentence[verb.upperBound...]
        guard let object = rest.firstRange(of: " of metric '"),
            let column = Self.columns[String(rest[..<object.lowerBound])]
        else { return nil }
        let places = rest[object.upperBound...]
        guard let subject = places.firstRange(of: "' of subject '"),
            let report = places[subject.upperBound...].firstRange(of: "' in report '"),
            let from = places[report.upperBound...].firstRange(of: "' from '")
        else { return nil }
        let values = places[from.upperBound...].dropLast(2)
        guard let to = values.ranges(of: "' to '").last else { return nil }
        user = String(sentence[..<verb.lowerBound])
        self.column = column
        old = Self.value(values[..<to.lowerBound], column)
        new = Self.value(values[to.upperBound...], column)
    }

    /// What a target's column has for it: `None` is a null, and directions are signs.
    private static func value(_ text: Substring, _ column: String) -> String {
        switch column {
        case "direction": return Direction.sign(String(text)) ?? ""
        case "scale": return text == "None" ? "count" : String(text)
        case "low_target", "target": return text == "None" || text.isEmpty ? "0" : String(text)
        default: return text == "None" ? "" : String(text)
        }
    }
}

/// Which values of a metric are better.
enum Direction {
    /// `1` where more is better, `-1` where less is; `nil` for what says neither.
    static func sign(_ symbol: String?) -> String? {
        switch symbol {
        case ">", "≥", "1": "1"
        case "<", "≤", "-1": "-1"
        default: nil
        }
    }
}
