import JSONValues
import REST
import Records
import Timestamps

/// Rebuilds the versions of an issue from what it is now and what changed.
struct IssueHistory {
    /// A row of the issue's table: the values where the layout has them.
    struct Version {
        let moment: Timestamp
        let values: [String?]
    }

    /// What changed in one second.
    struct Change {
        let moment: Timestamp
        let digits: String
        var author: String?
        var rank: String?
        var attachments = 0
        /// The values before, with their places; `nil` where there was none.
        var before: [(place: Int, value: String?)] = []

        mutating func enter(_ place: Int, _ value: String?, again: Bool) {
            guard let known = before.firstIndex(where: { $0.place == place }) else {
                before.append((place, value))
                return
            }
            if again { before[known].value = value }
        }
    }

    let fields: JiraFields
    let layout: IssueLayout
    let tables: JiraTables

    /// All versions, newest first. They are numbered from 0, the issue as it was created, by the seconds in which anything changed.
    func versions(of issue: JSONNode, _ entries: [JSONNode]) throws -> [Version] {
        var values = try current(issue)
        if let sprint = layout.sprint { values[sprint] = values[sprint].flatMap(Self.last) }
        let changes = try changes(entries)
        let content = issue["fields"]
        let created = ServerMoment(content["created"].string)
        let creator = try tables.developer(content["creator"])
        let updated = ServerMoment(content["updated"].string)?.moment
        var versions: [Version] = []
        versions.reserveCapacity(changes.count + 1)
        for (index, change) in changes.enumerated().reversed() {
            values[layout.number] = String(index + 1)
            values[layout.author] = change.author
            values[layout.rank] = change.rank
            if index < changes.count - 1 { values[layout.updated] = change.digits }
            versions.append(Version(moment: change.moment, values: values))
            for (place, value) in change.before { values[place] = value }
            if change.attachments != 0, let place = layout.attachment {
                values[place] = String(max(0, (values[place].flatMap { Int($0) } ?? 0) - change.attachments))
            }
        }
        values[layout.number] = "0"
        values[layout.rank] = nil
        values[layout.author] = creator
        values[layout.updated] = created?.digits ?? ServerMoment.unknownDigits
        if let moment = created?.moment ?? updated { versions.append(Version(moment: moment, values: values)) }
        return versions
    }

    /// The last of several, as in `91, 92`.
    private static func last(_ list: String) -> String? {
        list.split { $0 == "," || $0 == " " }.last.map(String.init)
    }

    // MARK: What it is now

    private func current(_ issue: JSONNode) throws -> [String?] {
        var values = [String?](repeating: nil, count: layout.count)
        let content = issue["fields"]
        for (field, place) in zip(fields.fields, layout.fields) {
            let value: JSONNode
            if let primary = field.primary {
                value = issue[primary]
            } else if let name = field.field {
                let whole = content[name]
                if let property = field.property {
                    try tables.add(field.column, whole)
                    try add(details: field, whole)
                    value = whole[property]
                } else {
                    value = whole
                }
            } else {
                continue
            }
            values[place] = try cast(value, field.form)
        }
        return values
    }

    private func cast(_ value: JSONNode, _ form: JiraFields.Form) throws -> String? {
        switch form {
        case .text, .unicode, .issueKey: return value.text
        case .int, .identifier: return value.whole.map { String($0) }
        case .decimal:
            return (value.number ?? value.text.flatMap { Double($0) }).map { String($0) }
        case .date: return value.isNull ? nil : ServerMoment.digits(of: value.text)
        case .boolean: return Self.answer(value.text)
        case .developer: return try tables.developer(value)
        case .sprint:
            let ids = try (value.list.map(Array.init) ?? [value]).compactMap { try tables.add(sprint: $0) }
            return ids.isEmpty ? nil : ids.joined(separator: ", ")
        case .count: return value.isNull ? "0" : String(value.list?.count ?? 1)
        case .version:
            guard let list = value.list else { return value.text }
            return try list.compactMap { try tables.add(version: $0) }.last
        case .rank: return nil
        case .flag: return value.isNull || value.list?.isEmpty == true || value.text?.isEmpty == true ? "0" : "1"
        case .readyStatus:
            guard let id = value["id"].text else { return nil }
            try tables.add(readyStatus: id, value["value"].text)
            return id
        case .labels:
            if let list = value.list { return String(list.count) }
            return String((value.text ?? "").split(separator: " ").count)
        case .project: return tables.add(project: value)
        case .statusCategory: return value["id"].whole.map { String($0) }
        }
    }

    /// What else a custom field's object says.
    private func add(details field: JiraFields.Field, _ whole: JSONNode) throws {
        guard let schema = fields.detailTable(of: field), let id = field.property.flatMap({ whole[$0].text }) else {
            return
        }
        try tables.add(custom: schema, id: id, field.details.map { try cast(whole[$0.name], $0.form) })
    }

    private static func answer(_ text: String?) -> String? {
        switch text {
        case "Yes": "1"
        case "No": "-1"
        case "", nil: nil
        default: text
        }
    }

    // MARK: What it was

    /// Oldest first, one for each second.
    private func changes(_ entries: [JSONNode]) throws -> [Change] {
        // Jira Cloud tells the newest first; of one second the order of the entries counts.
        let dated = entries.enumerated().compactMap { index, entry in
            ServerMoment(entry["created"].string).map { (moment: $0, index: index, entry: entry) }
        }
        let isReversed =
            (dated.first?.moment.moment ?? .init(seconds: 0)) > (dated.last?.moment.moment ?? .init(seconds: 0))
        let sorted = dated.sorted {
            ($0.moment.moment, isReversed ? -$0.index : $0.index) < (
                $1.moment.moment, isReversed ? -$1.index : $1.index
            )
        }
        var changes: [Change] = []
        for (moment, _, entry) in sorted {
            if changes.last?.moment.seconds != moment.moment.seconds {
                changes.append(
                    Change(moment: Timestamp(seconds: moment.moment.seconds), digits: moment.digits))
            }
            var change = changes.removeLast()
            if let author = try tables.developer(entry["author"]) { change.author = author }
            for item in entry["items"].entries { try enter(item, in: &change) }
            changes.append(change)
        }
        return changes
    }

    private func enter(_ item: JSONNode, in change: inout Change) throws {
        let name = item["field"].string
        let id = item["fieldId"].string
        for index in layout.told {
            let field = fields.fields[index]
            guard field.history == name || id != nil && id == field.field else { continue }
            switch field.form {
            case .count: change.attachments += item["from"].isNull && item["fromString"].isNull ? 1 : -1
            case .rank:
                let text = item["toString"].text
                change.rank = text == "Ranked higher" ? "1" : text == "Ranked lower" ? "-1" : change.rank
            default:
                let value = try before(item, field.form)
                // What was there before a second is what its first change says; of several entries of one list
                // in it the last one counts, as it does for the present value.
                change.enter(layout.fields[index], value, again: field.form == .version)
            }
        }
    }

    private func before(_ item: JSONNode, _ form: JiraFields.Form) throws -> String? {
        let raw = item["from"].isNull ? item["fromString"] : item["from"]
        let shown = item["fromString"].text
        switch form {
        case .int, .identifier, .decimal:
            let useful = raw.text?.isEmpty == true ? item["fromString"] : raw
            return try cast(useful, form)
        case .boolean: return Self.answer(shown)
        case .sprint: return raw.text.flatMap(Self.last)
        case .issueKey: return shown?.isEmpty == true ? nil : shown
        case .project: return raw.text.flatMap { tables.project($0) }
        case .readyStatus:
            guard let id = raw.text, !id.isEmpty else { return nil }
            try tables.add(readyStatus: id, shown)
            return id
        case .developer: return raw.text?.isEmpty == true ? nil : try tables.developer(raw)
        case .version: return raw.text?.isEmpty == true ? nil : raw.text
        case .date: return raw.isNull ? nil : ServerMoment.digits(of: raw.text)
        default: return try cast(raw, form)
        }
    }
}
