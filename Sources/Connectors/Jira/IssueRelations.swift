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

    func write(_ issue: JSONValue, _ entries: [JSONValue]) throws {
        guard let id = issue["id"].text, let key = issue["key"].text else { return }
        let content = issue["fields"]
        var components = Spans()
        for component in content["components"].list ?? [] {
            if let number = try tables.add(component: component) { components.add([id, number], isPresent: true) }
        }
        var links = Spans()
        for link in content["issuelinks"].list ?? [] {
            guard let type = link["type"]["id"].text else { continue }
            for (member, outward) in [("outwardIssue", "1"), ("inwardIssue", "-1")] {
                if let other = link[member]["key"].text { links.add([key, other, type, outward], isPresent: true) }
            }
        }
        for entry in entries {
            guard let moment = ServerMoment(entry["created"].text)?.digits else { continue }
            for item in entry["items"].list ?? [] {
                let name = item["field"].text
                if name == fields.componentHistory || item["fieldId"].text == "components" {
                    if let number = item["to"].text, !number.isEmpty { components.begin([id, number], moment) }
                    if let number = item["from"].text, !number.isEmpty { components.end([id, number], moment) }
                } else if name == fields.linkHistory || item["fieldId"].text == "issuelinks" {
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
        for subtask in content["subtasks"].list ?? [] {
            if let number = subtask["id"].text { try tables.append(.jiraSubtask, [id, number]) }
        }
    }

    /// What a sentence of the history means, e.g. `This issue blocks PROJ-2`: the type with the longest phrase in it.
    private func relation(_ key: String, _ other: JSONValue, _ sentence: JSONValue, _ links: Spans) -> [String]? {
        guard let other = other.text, !other.isEmpty, let sentence = sentence.text else { return nil }
        var candidates: [(length: Int, key: [String])] = []
        for type in tables.linkTypes {
            for (phrase, outward) in [(type.outward, "1"), (type.inward, "-1")]
            where " \(sentence) ".contains(" \(phrase) ") {
                candidates.append((phrase.utf8.count, [key, other, type.id, outward]))
            }
        }
        let longest = candidates.map(\.length).max()
        let best = candidates.filter { $0.length == longest }
        return (best.first { links.spans[$0.key] != nil } ?? best.first)?.key
    }
}
