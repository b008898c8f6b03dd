/// The way to a value inside JSON: members parted by dots, `[2]` for an entry of a list, `[*]` for all of them, as in
/// `data.items`, `owner.name` or `authors[*].email`. Nothing, or `$`, is the whole; `$.` may stand in front.
package struct MemberPath: Sendable, Equatable, CustomStringConvertible {
    private enum Step: Sendable, Equatable {
        case member(String)
        case entry(Int)
        case all
        /// The first entry of a list with a member of that text.
        case entryWith(member: String, text: String)
    }

    private let steps: [Step]
    package let description: String

    /// `nil` for a text that is no such path.
    package init?(_ text: String) {
        description = text.isEmpty ? "$" : text
        var rest = Substring(text)
        if rest == "$" { rest = "" }
        if rest.hasPrefix("$.") { rest = rest.dropFirst(2) }
        if rest.hasPrefix("$[") { rest = rest.dropFirst(1) }
        var steps: [Step] = []
        var needsName = !rest.isEmpty && rest.first != "["
        while !rest.isEmpty {
            if needsName {
                let name = rest.prefix { $0 != "." && $0 != "[" && $0 != "]" }
                guard !name.isEmpty else { return nil }
                steps.append(.member(String(name)))
                rest = rest.dropFirst(name.count)
                needsName = false
            } else if rest.first == "[" {
                guard let end = rest.firstIndex(of: "]") else { return nil }
                let inside = rest[rest.index(after: rest.startIndex)..<end]
                if inside == "*" {
                    steps.append(.all)
                } else if let sign = inside.firstIndex(of: "=") {
                    let text = inside[inside.index(after: sign)...]
                    guard sign > inside.startIndex, !text.isEmpty, !inside.contains("[") else { return nil }
                    steps.append(.entryWith(member: String(inside[..<sign]), text: String(text)))
                } else {
                    guard let index = Int(inside), index >= 0 else { return nil }
                    steps.append(.entry(index))
                }
                rest = rest[rest.index(after: end)...]
            } else {
                guard rest.first == "." else { return nil }
                rest = rest.dropFirst()
                needsName = true
            }
        }
        guard !needsName else { return nil }
        self.steps = steps
    }

    /// Null where there is nothing; a list where the path has `[*]`.
    package func value(in whole: JSONValue) -> JSONValue { Self.value(steps[...], whole) }

    private static func value(_ steps: ArraySlice<Step>, _ value: JSONValue) -> JSONValue {
        guard let step = steps.first else { return value }
        let rest = steps.dropFirst()
        switch step {
        case .member(let name): return Self.value(rest, value[name])
        case .entry(let index):
            guard let list = value.list, list.indices.contains(index) else { return .null }
            return Self.value(rest, list[index])
        case .entryWith(let member, let text):
            let entry = value.list?.first { $0[member].plain?.utf8.elementsEqual(text.utf8) == true }
            return Self.value(rest, entry ?? .null)
        case .all: return .array((value.list ?? []).map { Self.value(rest, $0) })
        }
    }
}
