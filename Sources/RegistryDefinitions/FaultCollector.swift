import Commands
import Configuration
import JSONValues

/// Goes through a definition and collects all that is wrong with it, each fault with its place and how to mend it.
struct FaultCollector {
    let file: String
    private(set) var faults: [ConfigurationFault] = []

    init(file: String) { self.file = file }

    mutating func add(
        _ place: String, _ problem: String, _ code: ConfigurationFault.Code = .badValue, suggestion: String? = nil
    ) {
        faults.append(ConfigurationFault(code, "\(file) at \(place)", problem, suggestion: suggestion))
    }

    /// The members of an object, which may only be the known ones.
    mutating func members(_ value: JSONValue, _ place: String, _ known: [String]) -> [String: JSONValue]? {
        guard let members = value.members else {
            add(place, "expected an object, found \(value.kind)")
            return nil
        }
        for name in members.keys.sorted() where !known.contains(name) {
            add(
                "\(place).\(printable(name))",
                "expected one of \(known.joined(separator: ", ")); take it out or rename it",
                .unknownName, suggestion: Spelling.nearest(to: name, among: known))
        }
        return members
    }

    mutating func text(_ members: [String: JSONValue], _ name: String, _ place: String) -> String? {
        switch members[name] {
        case .text(let text) where text.isEmpty:
            add("\(place).\(name)", "expected a text, found an empty one")
            return nil
        case .text(let text): return text
        case nil, .null: return nil
        case let other?:
            add("\(place).\(name)", "expected a text, found \(other.kind); put it between quotes")
            return nil
        }
    }

    mutating func requiredText(
        _ members: [String: JSONValue], _ name: String, _ place: String, _ meaning: String
    ) -> String? {
        if let found = members[name], !found.isNull { return text(members, name, place) }
        add("\(place).\(name)", "expected \(meaning), found nothing; add \"\(name)\": \"…\"", .missing)
        return nil
    }

    mutating func number(
        _ members: [String: JSONValue], _ name: String, _ place: String, _ range: ClosedRange<Int>
    ) -> Int? {
        switch members[name] {
        case .integer(let number) where range.contains(number): return number
        case nil, .null: return nil
        case let other?:
            add(
                "\(place).\(name)",
                "expected a whole number from \(range.lowerBound) to \(range.upperBound), found \(other.kind)\(other.isNumber ? " outside" : "")"
            )
            return nil
        }
    }

    mutating func flag(_ members: [String: JSONValue], _ name: String, _ place: String) -> Bool {
        switch members[name] {
        case .boolean(let flag): return flag
        case nil, .null: return false
        case let other?:
            add("\(place).\(name)", "expected true or false, found \(other.kind)")
            return false
        }
    }

    mutating func path(_ members: [String: JSONValue], _ name: String, _ place: String) -> MemberPath? {
        switch members[name] {
        case .text(let text):
            guard let path = MemberPath(text) else {
                add(
                    "\(place).\(name)",
                    "expected the way to a value such as data.items, owner.name or tags[*], found a text that is none")
                return nil
            }
            return path
        case nil, .null: return nil
        case let other?:
            add("\(place).\(name)", "expected a text, found \(other.kind); put it between quotes")
            return nil
        }
    }

    mutating func choice(
        _ members: [String: JSONValue], _ name: String, _ place: String, _ words: [String], otherwise: String? = nil
    ) -> String? {
        guard let found = members[name], !found.isNull else {
            if otherwise == nil {
                add("\(place).\(name)", "expected one of \(words.joined(separator: ", ")), found nothing", .missing)
            }
            return otherwise
        }
        guard let word = text(members, name, place) else { return nil }
        guard words.contains(word) else {
            add(
                "\(place).\(name)", "expected one of \(words.joined(separator: ", ")), found another text",
                suggestion: Spelling.nearest(to: word, among: words))
            return nil
        }
        return word
    }

    /// An object of texts and numbers, as parameters and headers are.
    mutating func parameters(
        _ members: [String: JSONValue], _ name: String, _ place: String
    ) -> [RegistryDefinition.Parameter] {
        guard let found = members[name], !found.isNull else { return [] }
        guard let entries = found.members else {
            add("\(place).\(name)", "expected an object of texts, found \(found.kind)")
            return []
        }
        return entries.sorted { $0.key < $1.key }.compactMap { name2, value in
            if case .boolean(let flag) = value { return .init(name: name2, value: flag ? "true" : "false") }
            guard let text = value.plain else {
                add("\(place).\(name).\(printable(name2))", "expected a text or a number, found \(value.kind)")
                return nil
            }
            return .init(name: name2, value: text)
        }
    }

    /// Names may be anything that somebody typed by mistake, but go to a terminal.
    private func printable(_ name: String) -> String {
        String(
            name.unicodeScalars.prefix(60).map {
                $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) ? Character($0) : "?"
            })
    }
}

extension JSONValue {
    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .number: true
        default: false
        }
    }
}
