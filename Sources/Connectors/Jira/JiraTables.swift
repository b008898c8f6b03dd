import Gathering
import JSONValues
import REST
import Records
import Tables

/// The things that issues refer to, each told once: the first that is known of one counts.
final class JiraTables {
    static let issueColumns = TableSchema.issue.columns.map(\.name)

    private let stream: RecordStream
    private struct Thing: Hashable {
        let table: String
        let id: String
    }

    private var seen: Set<Thing> = []
    /// Names of users by the keys that the history has for them.
    private var names: [String: String] = [:]
    /// Numbers of sprints by the texts that older servers make of them; `nil` for what is no sprint.
    private var sprints: [String: String?] = [:]
    /// Keys of projects by their numbers.
    private var projects: [String: String] = [:]
    private(set) var linkTypes: [(id: String, inward: String, outward: String)] = []
    let project: String

    /// The source's name, which custom tables carry.
    private let source: String

    init(_ stream: RecordStream, project: String, source: String) {
        self.stream = stream
        self.project = project
        self.source = source
    }

    func append(_ schema: TableSchema, _ values: [String?]) throws { try stream.append(Record(schema, values)) }

    private func once(_ schema: TableSchema, _ id: String, _ others: @autoclosure () -> [String?]) throws {
        guard seen.insert(Thing(table: schema.name, id: id)).inserted else { return }
        try append(schema, [id] + others())
    }

    /// The account name of a user, Jira Cloud's account id where there is none; the user becomes a row.
    func developer(_ user: JSONNode) throws -> String? {
        if let text = user.text { return names[text] ?? text }
        guard let name = user["name"].text ?? user["accountId"].text else { return nil }
        if let key = user["key"].text { names[key] = name }
        let displayName = user["displayName"]
        if !displayName.isNull {
            try once(.jiraDeveloper, name, [displayName.text ?? unknown, user["emailAddress"].text ?? unknown])
        }
        return name
    }

    func add(version: JSONNode) throws -> String? {
        guard let id = version["id"].text, let name = version["name"].text, let isReleased = version["released"].flag
        else { return nil }
        try once(
            .jiraVersion, id,
            [
                name, version["description"].text ?? "", Self.date(version["startDate"]) ?? unknown,
                Self.date(version["releaseDate"]) ?? unknown, isReleased ? "1" : "-1",
            ])
        return id
    }

    func add(project value: JSONNode) -> String? {
        guard let id = value["id"].text, let key = value["key"].text else { return nil }
        projects[id] = key
        return key == project ? nil : key
    }

    /// The key of a project that is not the own one.
    func project(_ id: String) -> String? { projects[id].flatMap { $0 == project ? nil : $0 } }

    func add(component: JSONNode) throws -> String? {
        guard let id = component["id"].text, let name = component["name"].text else { return nil }
        try once(.jiraComponent, id, [name, component["description"].text ?? unknown])
        return id
    }

    func add(linkType: JSONNode) throws {
        guard let id = linkType["id"].text, let inward = linkType["inward"].text, let outward = linkType["outward"].text
        else { return }
        linkTypes.append((id, inward, outward))
        try once(.jiraLinkType, id, [linkType["name"].text ?? unknown, inward, outward])
    }

    /// What a custom field's object says, once for each.
    func add(custom schema: TableSchema, id: String, _ values: [String?]) throws {
        guard seen.insert(Thing(table: schema.name, id: id)).inserted else { return }
        try append(schema, [source, id] + values)
    }

    /// The custom columns of a version of an issue.
    func add(custom schema: TableSchema, of issue: String, _ number: String?, _ values: [String?]) throws {
        let number = number ?? "0"
        guard values.contains(where: { $0 != nil }) else { return }
        try append(schema, [source, "\(issue)-\(number)", issue, number] + values)
    }

    /// A sprint as an object, or as the text that older servers make of one.
    func add(sprint: JSONNode) throws -> String? {
        guard let text = sprint.text else { return try add(sprint: { sprint[$0].text }) }
        // Thousands of issues carry the same text.
        if let known = sprints[text] { return known }
        let members = SprintText.parse(text)
        let id = try add(sprint: { members[$0] })
        sprints[text] = .some(id)
        return id
    }

    private func add(sprint member: (String) -> String?) throws -> String? {
        guard let id = member("id"), let name = member("name") else { return nil }
        func date(_ name: String) -> String? { ServerMoment(member(name))?.digits }
        try once(
            .jiraSprint, id,
            [
                name, date("startDate"), date("endDate"), date("completeDate"), member("goal"),
                member("originBoardId") ?? member("rapidViewId") ?? member("boardId"),
            ])
        return id
    }

    private static func date(_ value: JSONNode) -> String? { ServerMoment(value.text)?.digits }

    /// The objects that some columns are the number of.
    func add(_ column: String, _ value: JSONNode) throws {
        guard let id = value["id"].text else { return }
        var name: String { value["name"].text ?? unknown }
        var description: String { value["description"].text ?? unknown }
        switch column {
        case "issuetype": try once(.jiraIssueType, id, [name, description])
        case "priority": try once(.jiraPriority, id, [name])
        case "resolution": try once(.jiraResolution, id, [name, description])
        case "test_execution": try once(.jiraTestExecution, id, [value["value"].text ?? unknown])
        case "status":
            let category = value["statusCategory"]
            let number = category["id"].whole.map { String($0) }
            if let number {
                try once(
                    .jiraStatusCategory, number,
                    [
                        category["key"].text ?? unknown, category["name"].text ?? unknown,
                        category["colorName"].text ?? unknown,
                    ])
            }
            try once(.jiraStatus, id, [name, description, number])
        default: break
        }
    }

    /// A readiness, whose text is a piece of HTML: `<font …><b>Ready</b></font>`.
    func add(readyStatus id: String, _ html: String?) throws {
        guard let html, let bold = html.ranges(of: "<b>").first else { return }
        let rest = html[bold.upperBound...]
        guard html.hasPrefix("<font"), let end = rest.ranges(of: "</b>").first else { return }
        try once(.jiraReadyStatus, id, [String(rest[..<end.lowerBound])])
    }
}

/// `….Sprint@1a2b[id=7,name=S,goal=<null>]`
enum SprintText {
    private static let members: Set = [
        "id", "rapidViewId", "state", "name", "goal", "startDate", "endDate", "completeDate", "activatedDate",
        "sequence", "autoStartStop", "synced", "incompleteIssuesDestinationId", "originBoardId",
    ]

    /// Empty for what is no sprint. A comma or a bracket in a name belongs to the name: only known names begin a member.
    static func parse(_ text: String) -> [String: String] {
        guard let start = text.firstIndex(of: "["), text.hasSuffix("]") else { return [:] }
        var values: [String: String] = [:]
        var current: String?
        for part in text[text.index(after: start)...].dropLast().split(separator: ",", omittingEmptySubsequences: false)
        {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if sides.count == 2, members.contains(String(sides[0])) {
                current = String(sides[0])
                values[String(sides[0])] = String(sides[1])
            } else if let current {
                values[current]? += ",\(part)"
            } else {
                return [:]
            }
        }
        return values.filter { $0.value != "<null>" }
    }
}
