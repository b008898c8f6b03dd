import Gathering
import HTTP
import JSONValues
import REST
import Records
import Tables
import Timestamps

/// One gathering of one project's issues.
final class JiraGathering {
    private let settings: JiraSettings
    private let client: RESTClient
    private let tables: JiraTables
    private let since: Timestamp?
    private let activity: SourceActivity
    private let customTable: TableSchema?
    private let layout: IssueLayout
    private let history: IssueHistory
    private var isCloud = false
    private var isQuoted = false
    private var gaps: [String] = []
    /// Up to here this gathering tells; later changes are the next one's.
    private var end = Timestamp(seconds: 0)
    private var seen: Set<String> = []

    private var api: String { isCloud ? "rest/api/3" : "rest/api/2" }

    init(
        settings: JiraSettings, client: RESTClient, tables: JiraTables, since: String?, activity: SourceActivity
    ) {
        self.settings = settings
        self.client = client
        self.tables = tables
        customTable = settings.fields.customTable
        layout = IssueLayout(settings.fields, customTable)
        history = IssueHistory(fields: settings.fields, layout: layout, tables: tables)
        self.since = since.flatMap { $0.hasPrefix("1900") ? nil : Timestamp(local: "\($0):00") }
        self.activity = activity
    }

    func all() async throws -> SourceReport {
        activity.begin("asking what there is", total: nil)
        let server = try await client.send(RESTRequest("rest/api/2/serverInfo"))
        isCloud = try server.json()["deploymentType"].text == "Cloud"
        // The server's own clock, a minute ago and without seconds: its index may lag behind, and ours may be wrong.
        let now = server.headers["Date"].flatMap { Timestamp(httpDate: $0) } ?? client.configuration.clock.now()
        end = Timestamp(seconds: (now.seconds - 60) / 60 * 60)
        if let since, end < since { end = since }
        try await prefetch()
        activity.begin("issues", total: nil)
        if isCloud { try await searchCloud() } else { try await searchServer() }
        var report = SourceReport()
        report.gaps = gaps
        report.cursors = [.init(.jira, String(end.local.prefix(16)))]
        report.coverage = [
            Coverage(
                source: settings.name, resource: TableSchema.issue.name, from: since?.local, to: end.local,
                count: seen.count, gaps: gaps)
        ]
        return report
    }

    // MARK: What issues refer to

    private func prefetch() async throws {
        let key = PercentEncoding.encode(settings.project)
        try await optional("sprints") {
            try await list("rest/agile/1.0/board", [("projectKeyOrId", settings.project)], "values") { board in
                guard let id = board["id"].text, board["filter"].isNull, (board["type"].text ?? "scrum") == "scrum"
                else { return }
                try await optional("sprints of a board") {
                    try await list("rest/agile/1.0/board/\(id)/sprint", [], "values") {
                        _ = try tables.add(sprint: $0)
                    }
                }
            }
        }
        try await optional("users") {
            let query =
                isCloud ? [("projectKeys", settings.project)] : [("username", ""), ("projectKeys", settings.project)]
            try await list("\(api)/user/assignable/multiProjectSearch", query, nil) { _ = try tables.developer($0) }
        }
        try await optional("versions") {
            try await one("\(api)/project/\(key)/versions") { _ = try tables.add(version: $0) }
        }
        try await optional("projects") {
            if isCloud {
                try await list("\(api)/project/search", [], "values") { _ = tables.add(project: $0) }
            } else {
                try await one("\(api)/project") { _ = tables.add(project: $0) }
            }
        }
        try await optional("components") {
            try await one("\(api)/project/\(key)/components") { _ = try tables.add(component: $0) }
        }
        try await optional("link types") {
            let answer = try await value("\(api)/issueLinkType", [])
            for type in answer["issueLinkTypes"].entries { try tables.add(linkType: type) }
        }
    }

    /// What this user may not see, or this server does not have, is a gap and stops nothing else.
    private func optional(_ what: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as RESTError {
            switch error.code {
            case .forbidden, .notFound, .refused(status: 400): gaps.append("\(what): \(error)")
            default: throw error
            }
        }
    }

    private func value(_ path: String, _ query: [(name: String, value: String)]) async throws -> JSONNode {
        try await client.send(RESTRequest(path, query)).json()
    }

    private func one(_ path: String, _ handle: (JSONNode) async throws -> Void) async throws {
        for entry in try await value(path, []).entries { try await handle(entry) }
    }

    /// A list in pages by `startAt`, which steps by what came, whatever was asked for.
    private func list(
        _ path: String, _ query: [(name: String, value: String)], _ member: String?,
        _ handle: (JSONNode) async throws -> Void
    ) async throws {
        var start = 0
        var earlier: JSONValue?
        while true {
            let answer = try await value(
                path, query + [("startAt", "\(start)"), ("maxResults", "\(settings.pageSize)")])
            let entries = (member.map { answer[$0] } ?? answer).entries
            // A server that does not know the parameter sends the same again.
            guard let first = entries.first?.value, first != earlier else { return }
            earlier = first
            for entry in entries { try await handle(entry) }
            start += entries.count
            if answer["isLast"].flag == true { return }
            if let total = answer["total"].whole, start >= total { return }
        }
    }

    // MARK: Issues

    /// The server reads dates of the query in a zone of its user's that nobody tells: a day and two hours more are
    /// asked for, which no two zones differ by, and what is old is passed over here.
    private var query: String {
        let start = since.map { String(($0 + .seconds(-26 * 3600)).local.prefix(16)) } ?? "1900-01-01 01:01"
        return "project=\(projectTerm) AND updated > \"\(start)\" ORDER BY key ASC"
    }

    /// A key that is a word of the query language needs quotation marks; servers know different words.
    private var projectTerm: String {
        let key = settings.project
        let isPlain = key.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x5F }
        if isPlain, !isQuoted { return key }
        return "\"\(key.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// One page of issues. Where the server does not understand the first query, the key is put into quotation marks.
    private func search(_ path: String, _ parameters: [(name: String, value: String)]) async throws -> JSONNode {
        do {
            return try await value(path, [("jql", query)] + parameters)
        } catch let error as RESTError where error.code == .refused(status: 400) && !isQuoted && seen.isEmpty {
            isQuoted = true
            return try await value(path, [("jql", query)] + parameters)
        }
    }

    /// The next page is on its way while one is read.
    private func searchServer() async throws {
        func parameters(_ start: Int) -> [(name: String, value: String)] {
            [("startAt", "\(start)"), ("maxResults", "\(settings.pageSize)"), ("validateQuery", "true")]
                + settings.fields.requested.map { ("fields", $0) } + [("expand", "changelog")]
        }
        let path = "\(api)/search"
        var start = 0
        var total: Int?
        var answer = try await search(path, parameters(start))
        while true {
            let issues = answer["issues"].entries
            let now = answer["total"].whole
            // Fewer than before: an issue that was read left the list, and one not read yet moved to its place.
            if let before = total, let now, now < before, start > 0 {
                total = now
                start = max(0, start - (before - now))
                answer = try await search(path, parameters(start))
                continue
            }
            total = now
            if issues.isEmpty {
                if let total, start < total {
                    gaps.append("issues: the server has \(total) issues, found \(start)")
                }
                return
            }
            start += issues.count
            if let total, start >= total {
                for issue in issues { try await take(issue) }
                return
            }
            answer = try await take(issues, before: RESTRequest(path, [("jql", query)] + parameters(start)))
        }
    }

    private func searchCloud() async throws {
        let path = "\(api)/search/jql"
        let parameters: [(name: String, value: String)] = [
            ("maxResults", "\(settings.pageSize)"),
            ("fields", settings.fields.requested.joined(separator: ",")), ("expand", "changelog"),
        ]
        var token: String?
        var answer = try await search(path, parameters)
        while true {
            let issues = answer["issues"].entries
            guard let next = answer["nextPageToken"].text, next != token, answer["isLast"].flag != true else {
                for issue in issues { try await take(issue) }
                return
            }
            token = next
            answer = try await take(
                issues, before: RESTRequest(path, [("jql", query)] + parameters + [("nextPageToken", next)]))
        }
    }

    /// Takes issues while the next page is asked for.
    private func take(_ issues: JSONList, before request: RESTRequest) async throws -> JSONNode {
        let client = client
        async let next = client.send(request).json()
        for issue in issues { try await take(issue) }
        return try await next
    }

    private func take(_ issue: JSONNode) async throws {
        guard let id = issue["id"].text, seen.insert(id).inserted else { return }
        activity.advance(by: 1)
        let content = issue["fields"]
        if let since, let updated = ServerMoment(content["updated"].text)?.moment, updated <= since { return }
        let changelog = issue["changelog"]
        var entries = Array(changelog["histories"].entries)
        // What a search answers is cut off where a history is long.
        if let total = changelog["total"].whole, total > entries.count {
            entries = []
            try await list("\(api)/issue/\(id)/changelog", [], "values") { entries.append($0) }
        }
        for version in try history.versions(of: issue, entries) where isNew(version.moment) {
            try tables.append(.issue, layout.issue.map { $0.flatMap { version.values[$0] } })
            if let customTable {
                try tables.add(
                    custom: customTable, of: id, version.values[layout.number],
                    layout.custom.map { $0.flatMap { version.values[$0] } })
            }
        }
        try IssueRelations(fields: settings.fields, tables: tables).write(issue, entries)
        var comments = Array(content["comment"]["comments"].entries)
        if let total = content["comment"]["total"].whole, total > comments.count {
            comments = []
            try await list("\(api)/issue/\(id)/comment", [], "comments") { comments.append($0) }
        }
        for comment in comments { try take(comment, of: id) }
    }

    private func take(_ comment: JSONNode, of issue: String) throws {
        let created = ServerMoment(comment["created"].text)
        let updated = ServerMoment(comment["updated"].text)
        guard [created, updated].contains(where: { $0.map { isNew($0.moment) } ?? false }) else { return }
        try tables.append(
            .jiraComment,
            [
                comment["id"].text, issue, comment["body"].text ?? unknown,
                try tables.developer(comment["author"]) ?? unknown, created?.digits ?? unknown,
                try tables.developer(comment["updateAuthor"]) ?? unknown, updated?.digits ?? unknown,
            ])
    }

    private func isNew(_ moment: Timestamp) -> Bool { (since.map { moment > $0 } ?? true) && moment <= end }
}
