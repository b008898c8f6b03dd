import JSONValues
import REST
import Records
import Tables

/// The links and components of an issue, and since when or until when it had them.
struct IssueRelations {
    let fields: JiraFields
    let tables: JiraTables

    private struct Span {
        var start: String?
        var end: String?
        let isPresent: Bool
    }

    private struct Spans {
        var order: [[String]] = []
        var spans: [[String]: Span] = [:]

        mutating func add(_ key: [String], isPresent: Bool) {
            guard spans[key] == nil else { return }
            order.append(key)
            spans[key] = Span(isPresent: isPresent)
        }

        mutating func begin(_ key: [String], _ digits: String) {
            add(key, isPresent: false)
            if let known = spans[key]?.start, known <= digits { return }
            spans[key]?.start = digits
        }

        mutating func end(_ key: [String], _ digits: String) {
            add(key, isPresent: false)
            if let known = spans[key]?.end, known > digits { return }
            spans[key]?.end = digits
        }

        /// What is there now has no end, whatever was removed and added again.
        func write(_ schema: TableSchema, to tables: JiraTables) throws {
            for key in order {
                guard let span = spans[key] else { continue }
                try tables.append(
                    schema, key + [span.start ?? unknown, span.isPresent ? unknown : span.end ?? unknown])
            }
        }
    }

    func write(_ issue: JSONNode, _ entries: [JSONNode]) throws {
        guard let issueID = issue["id"].text, let key = issue["key"].text else { return }
        let content = issue["fields"]
        var components = Spans()
        for component in content["components"].entries {
            if let number = try tables.add(component: component) { components.add([issueID, number], isPresent: true) }
        }
        var links = Spans()
        for link in content["issuelinks"].entries {
            guard let type = link["type"]["id"].text else { continue }
            for (member, outward) in [("outwardIssue", "1"), ("inwardIssue", "-1")] {
                if let other = link[member]["key"].text { links.add([key, other, type, outward], isPresent: true) }
            }
        }
        for entry in entries {
            for item in entry["items"].entries {
                let name = item["field"].string
                let id = item["fieldId"].string
                let isComponent = name == fields.componentHistory || id == "components"
                guard isComponent || name == fields.linkHistory || id == "issuelinks",
                    let moment = ServerMoment(entry["created"].string)?.digits
                else { continue }
                if isComponent {
                    if let number = item["to"].text, !number.isEmpty { components.begin([issueID, number], moment) }
                    if let number = item["from"].text, !number.isEmpty { components.end([issueID, number], moment) }
                } else {
                    if let relation = relation(key, item["to"], item["toString"], links) {
                        links.begin(relation, moment)
                    }
                    if let relation = relation(key, item["from"], item["fromString"], links) {
                        links.end(relation, moment)
                    }
                }
            }
        }
        try components.write(.jiraIssueComponent, to: tables)
        try links.write(.jiraIssueLink, to: tables)
        for subtask in content["subtasks"].entries {
            if let number = subtask["id"].text { try tables.append(.jiraSubtask, [issueID, number]) }
        }
    }

    /// What a sentence of the history means, e.g. `This issue blocks PROJ-2`: the type with the longest phrase in it.
    private func relation(_ key: String, _ other: JSONNode, _ sentence: JSONNode, _ links: Spans) -> [String]? {
        guard let other = other.text, !other.isEmpty, let sentence = sentence.text else { return nil }
        var candidates: [(length: Int, key: [String])] = []
        for type in tables.linkTypes {
            for (phrase, outward) in [(type.outward, "1"), (type.inward, "-1")]
            where Self.hasWords(sentence, phrase) {
                candidates.append((phrase.utf8.count, [key, other, type.id, outward]))
            }
        }
        let longest = candidates.map(\.length).max()
        let best = candidates.filter { $0.length == longest }
        return (best.first { links.spans[$0.key] != nil } ?? best.first)?.key
    }

    /// Whether a phrase stands in a sentence with no other letters beside it but blanks.
    private static func hasWords(_ sentence: String, _ phrase: String) -> Bool {
        let bytes = sentence.utf8Span.span
        let wanted = phrase.utf8Span.span
        guard wanted.count <= bytes.count else { return false }
        for start in 0...bytes.count - wanted.count where start == 0 || bytes[start - 1] == 0x20 {
            let end = start + wanted.count
            guard end == bytes.count || bytes[end] == 0x20 else { continue }
            var place = 0
            while place < wanted.count, bytes[start + place] == wanted[place] { place += 1 }
            if place == wanted.count { return true }
        }
        return false
    }
}
