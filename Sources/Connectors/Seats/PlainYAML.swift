import Configuration
import JSONValues

/// The plain part of YAML that files such as `seats.yml` keep to: members and lists by indentation, lists in brackets, texts
/// with and without quotes, comments. Whatever else YAML has is a fault rather than a guess. All scalars are texts.
struct PlainYAML {
    private struct Line {
        let number: Int
        let indent: Int
        var text: Substring
    }

    private let path: String
    private var lines: [Line] = []
    private var index = 0
    private(set) var whole = JSONValue.null
    /// Where members stand, from 1, by their ways such as `$.projects.Team`.
    private(set) var places: [String: Int] = [:]
    private(set) var faults: [ConfigurationFault] = []

    init(_ content: [UInt8], path: String) {
        self.path = path
        guard let text = String(validating: content, as: UTF8.self) else {
            faults.append(.init(.malformedLine, path, "expected UTF-8"))
            return
        }
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let indent = line.prefix { $0 == " " }.count
            let rest = Self.withoutComment(line.dropFirst(indent))
            guard !rest.isEmpty, !(number == 0 && rest == "---") else { continue }
            if rest.first == "\t" {
                refuse(number + 1, "expected blanks before the text, found a tab")
            } else {
                lines.append(Line(number: number + 1, indent: indent, text: rest))
            }
        }
        whole = block(above: -1, "$")
        // Members at the top begin where the first does.
        while index < lines.count {
            refuse(lines[index].number, "expected the indentation of the members above")
            index += 1
        }
    }

    private mutating func refuse(_ line: Int, _ problem: String) {
        faults.append(.init(.malformedLine, "\(path):\(line)", problem))
    }

    // MARK: Blocks

    /// What is indented more than the member that it belongs to.
    private mutating func block(above indent: Int, _ place: String) -> JSONValue {
        guard index < lines.count else { return .null }
        let first = lines[index]
        // A list may stand right below its name.
        if Self.isEntry(first.text), first.indent >= indent { return list(first.indent) }
        return first.indent > indent ? members(first.indent, place) : .null
    }

    private mutating func list(_ indent: Int) -> JSONValue {
        var values: [JSONValue] = []
        while index < lines.count, lines[index].indent == indent, Self.isEntry(lines[index].text) {
            let line = lines[index]
            index += 1
            values.append(value(line.text.dropFirst().drop { $0 == " " }, line.number))
        }
        return .array(values)
    }

    private mutating func members(_ indent: Int, _ place: String) -> JSONValue {
        var members: [String: JSONValue] = [:]
        while index < lines.count, lines[index].indent >= indent {
            let line = lines[index]
            index += 1
            guard line.indent == indent else {
                refuse(line.number, "expected the indentation of the members above")
                continue
            }
            guard let (name, rest) = member(line) else { continue }
            let way = "\(place).\(name)"
            if members[name] != nil { refuse(line.number, "expected each name once, found one a second time") }
            places[way] = line.number
            members[name] = rest.isEmpty ? block(above: indent, way) : value(rest, line.number)
        }
        return .object(members)
    }

    /// A name, and what follows its colon.
    private mutating func member(_ line: Line) -> (String, Substring)? {
        var rest = line.text
        let name: String
        if rest.first == "'" || rest.first == "\"" {
            guard let text = quoted(&rest, line.number) else { return nil }
            name = text
        } else {
            var end = rest.startIndex
            while end < rest.endIndex, !(rest[end] == ":" && Self.endsWord(rest[rest.index(after: end)...])) {
                end = rest.index(after: end)
            }
            guard let text = plain(rest[..<end], line.number), end < rest.endIndex else {
                if end == rest.endIndex { refuse(line.number, "expected NAME: VALUE, found no colon") }
                return nil
            }
            name = text
            rest = rest[end...]
        }
        guard rest.first == ":", Self.endsWord(rest.dropFirst()) else {
            refuse(line.number, "expected a colon and a blank behind the name")
            return nil
        }
        return (name, rest.dropFirst().drop { $0 == " " })
    }

    // MARK: Values

    private mutating func value(_ text: Substring, _ number: Int) -> JSONValue {
        var rest = text
        if rest.first == "[" {
            rest = rest.dropFirst().drop { $0 == " " }
            var values: [JSONValue] = []
            while rest.first != "]" {
                guard let next = scalar(&rest, number, isInList: true) else { return .null }
                values.append(next)
                rest = rest.drop { $0 == " " }
                if rest.first == "," {
                    rest = rest.dropFirst().drop { $0 == " " }
                } else if rest.first != "]" {
                    refuse(number, "expected ']' on the same line as '['")
                    return .null
                }
            }
            rest = rest.dropFirst()
            if !rest.allSatisfy({ $0 == " " }) { refuse(number, "expected nothing behind ']'") }
            return .array(values)
        }
        let value = scalar(&rest, number, isInList: false)
        if value != nil, !rest.allSatisfy({ $0 == " " }) { refuse(number, "expected nothing behind the quotes") }
        return value ?? .null
    }

    private mutating func scalar(_ rest: inout Substring, _ number: Int, isInList: Bool) -> JSONValue? {
        if rest.first == "'" || rest.first == "\"" { return quoted(&rest, number).map { .text($0) } }
        let word = isInList ? rest.prefix { $0 != "," && $0 != "]" } : rest
        rest = rest[word.endIndex...]
        guard let text = plain(word, number) else { return nil }
        return ["", "~", "null"].contains(text) ? .null : .text(text)
    }

    /// A text without quotes; what means something else in YAML is refused.
    private mutating func plain(_ word: Substring, _ number: Int) -> String? {
        let text = word.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
        if let first = text.first, "&*!|>{}[]%@`?,\"'".contains(first) || (first == "-" && Self.isEntry(word)) {
            refuse(number, "expected a text; put it in quotes if it begins with '\(first)'")
            return nil
        }
        let plain = String(text)
        guard !plain.contains(": "), !plain.hasSuffix(":") else {
            refuse(number, "expected one colon; put a text that has another one in quotes")
            return nil
        }
        return plain
    }

    /// A text in quotes, and takes it off the beginning.
    private mutating func quoted(_ rest: inout Substring, _ number: Int) -> String? {
        guard let quote = rest.popFirst() else { return nil }
        var text = ""
        while let next = rest.popFirst() {
            if next == quote {
                guard quote == "'", rest.first == "'" else { return text }
                text.append("'")
                rest.removeFirst()
            } else if next == "\\", quote == "\"" {
                guard let escaped = rest.popFirst(), "\\\"/".contains(escaped) else {
                    refuse(number, "expected only \\\\, \\\" and \\/ behind a backslash; use single quotes")
                    return nil
                }
                text.append(escaped)
            } else {
                text.append(next)
            }
        }
        refuse(number, "expected the closing quote on the same line")
        return nil
    }

    private static func isEntry(_ text: Substring) -> Bool { text.first == "-" && endsWord(text.dropFirst()) }

    private static func endsWord(_ rest: Substring) -> Bool { rest.first.map { $0 == " " } ?? true }

    /// A comment begins with `#` at the beginning of a line or behind a blank, outside of quotes.
    private static func withoutComment(_ line: Substring) -> Substring {
        var quote: Character?
        var previous: Character = " "
        for place in line.indices {
            let next = line[place]
            if let open = quote {
                if next == open { quote = nil }
            } else if (next == "'" || next == "\""), " [,".contains(previous) {
                quote = next
            } else if next == "#", previous == " " || previous == "\t" {
                return trimmed(line[..<place])
            }
            previous = next
        }
        return trimmed(line)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
        return text
    }
}
