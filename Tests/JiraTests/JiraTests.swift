import Configuration
import ForgeTestSupport
import FoundationEssentials
import Gathering
import HTTP
import Jira
import REST
import Tables
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct JiraTests {
    /// The API in Python: `COUNT` issues, each with three entries of history in two seconds.
    private final class Server {
        let process: Peer
        let base: WebAddress
        let http: HTTPClient
        private let port: String

        convenience init(_ count: Int, cloud: Bool) throws {
            try self.init(count, arguments: cloud ? ["cloud"] : [])
        }

        convenience init(_ count: Int, _ arguments: String...) throws { try self.init(count, arguments: arguments) }

        private init(_ count: Int, arguments: [String]) throws {
            let script = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/jira-server.py"
            process = try Peer("python3", [script, "\(count)"] + arguments)
            port = try process.line()
            base = try WebAddress("http://127.0.0.1:\(port)/context/")
            http = try HTTPClient(.init(userAgent: "test/1"))
        }

        var source: JiraSource { source() }

        func source(_ fields: JiraFields = JiraFields()) -> JiraSource {
            var settings = JiraSettings(name: "Tracker", base: base, project: "P", http: http)
            settings.fields = fields
            return JiraSource(settings, pool: TokenPool([], share: 1))
        }

        func change() async throws { _ = try await ask("phase") }

        /// Moves the server's clock on.
        func tick(_ seconds: Int) async throws { _ = try await ask("tick?seconds=\(seconds)") }

        /// When anything changed so far.
        func moments() async throws -> [Int] { try JSONDecoder().decode([Int].self, from: Data(await ask("moments"))) }

        private func ask(_ path: String) async throws -> [UInt8] {
            var request = try HTTPRequest(.get, "http://127.0.0.1:\(port)/\(path)")
            request.transport = .plainAllowed
            return try await http.send(request).body
        }
    }

    @Test(arguments: [false, true])
    func gathersEveryVersionOfEveryIssueOnce(isCloud: Bool) async throws {
        let server = try Server(95, cloud: isCloud)
        let gathered = try Gathered()
        try await gathered.gather(server.source)
        let issues = gathered.rows("issue")
        #expect(issues.count == 95 * 3)
        let first = issues.filter { $0["issue_id"] == "1001" }
        #expect(first.map { $0["changelog_id"] } == ["2", "1", "0"])
        #expect(first.map { $0["updated"] } == ["00:00:21", "00:00:11", "00:00:01"].map { "2024-01-01 \($0)" })
        #expect(first.map { $0["status"] } == ["3", "3", "1"])
        // Two additions in one second.
        #expect(first.map { $0["attachment"] } == ["2", "2", "0"])
        #expect(first.map { $0["storypoint"] } == ["5.5", "5.5", nil])
        #expect(first.map { $0["flagged"] } == ["0", "0", "0"])
        #expect(first[0]["sprint"] == "7")
        #expect(first[0]["description"] == "Ünï\n@Ann")
        let names = isCloud ? ["557058:2", "JIRAUSER1"] : ["user2", "user1"]
        #expect(first.map { $0["assignee"] } == [names[0], names[1], names[1]])
        #expect(gathered.rows("developer").count == 60)
        #expect(gathered.rows("developer").allSatisfy { $0["email"] == "0" })
        #expect(gathered.rows("comments").count == 95 * 2)
        #expect(gathered.rows("sprint").count == (isCloud ? 1 : 2))
        if !isCloud {
            #expect(issues.first { $0["issue_id"] == "1002" }?["sprint"] == "8")
            let told = try #require(gathered.rows("sprint").first { $0["id"] == "8" })
            #expect(told["name"] == "Two, [late]=x" && told["start_date"] == "2024-01-01 10:00:00")
            #expect(told["end_date"] == nil && told["board_id"] == "4")
        }
        let link = try #require(gathered.rows("issuelinks").first)
        #expect(link["outward"] == "-1" && link["relationshiptype"] == "10")
        #expect(link["start_date"] == "2024-01-01 00:00:21" && link["end_date"] == "0")
        // A status without a category.
        #expect(gathered.rows("status").count == 1 && gathered.rows("status")[0]["statusCategory"] == nil)
        // The boards may not be seen.
        #expect(gathered.report.gaps.count == 1)
    }

    @Test func tellsOnlyWhatIsNewTheNextTime() async throws {
        let server = try Server(3, cloud: false)
        let gathered = try Gathered()
        try await gathered.gather(server.source)
        try await gathered.gather(server.source)
        #expect(gathered.rows("issue").isEmpty && gathered.rows("comments").isEmpty)
        gathered.restart(.jira, at: "2024-01-06 00:00")
        try await server.change()
        try await gathered.gather(server.source)
        #expect(gathered.rows("issue").map { $0["changelog_id"] } == ["3"])
        #expect(gathered.rows("issue").first?["title"] == "New")
    }

    @Test func tellsAllFaultsOfAMappingAtOnce() throws {
        let mapping =
            #"{"colour": {"field": "x"}, "priority": {"property": "id"}, "title": {"field": "x", "type": "y"}}"#
        let error = try #require(throws: ConfigurationError.self) {
            _ = try JiraFields(Array(mapping.utf8), path: "jira_fields.json")
        }
        #expect(
            error.faults.map(\.subject) == ["$.priority.property", "$.title.type"].map { "jira_fields.json at \($0)" })
    }

    @Test func tellsWhereInTheMappingAFaultIs() throws {
        let mapping = #"""
            {"storypiont": {"field": "x"}, "title": {"feild": "summary", "type": ["unicode", "strr"]}, "epic": 5,
             "project": {"field": ["x"]}, "risk": {"type": "str"}, "Größe": {"field": "x"}, "status": {"property": "id"},
             "level": {"field": "x", "table": {"Name": "str"}}, "team": {"field": "x", "property": "id", "table": {"name": "text"}}}
            """#
        let error = try #require(throws: ConfigurationError.self) {
            _ = try JiraFields(Array(mapping.utf8), path: "f.json")
        }
        let places = error.faults.map { $0.subject.replacing("f.json at $.", with: "") }
        #expect(
            Set(places) == [
                "storypiont", "title.feild", "title.type", "epic", "project.field", "risk", "Größe", "status.property",
                "level.table", "team.table.name",
            ])
        #expect(error.faults.first { $0.subject.hasSuffix("storypiont") }?.suggestion == "storypoint")
        let noJSON = try #require(throws: ConfigurationError.self) { _ = try JiraFields([0x7B], path: "f.json") }
        #expect(noJSON.faults.count == 1)
    }

    @Test func columnsOfOnesOwnHaveATableOfTheirOwn() async throws {
        let mapping = #"""
            {"title": {"field": "summary", "type": "unicode", "changelog_name": "summary"},
             "risk": {"field": "customfield_1", "property": "id", "table": {"value": "str", "owner": "developer"}},
             "effort": {"field": "customfield_2", "type": "decimal"}}
            """#
        let server = try Server(3, "live")
        let gathered = try Gathered()
        let source = server.source(try JiraFields(Array(mapping.utf8), path: "f.json"))
        #expect(source.tables.filter { $0.hasPersonalColumns }.map(\.name).contains("rest_jira_risk"))
        try await gathered.gather(source)
        let rows = gathered.rows("rest_jira_fields")
        #expect(rows.count == gathered.rows("issue").count && rows.allSatisfy { $0["source"] == "Tracker" })
        #expect(rows.allSatisfy { $0["risk"] == "7" && $0["effort"] == "2.5" })
        #expect(rows.first?["id"] == "\(rows[0]["issue_id"] ?? "")-\(rows[0]["changelog_id"] ?? "")")
        #expect(gathered.rows("rest_jira_risk").count == 1)
        #expect(gathered.rows("rest_jira_risk").first?["value"] == "Höch")
        #expect(gathered.rows("rest_jira_risk").first?["owner"] == "user2")
    }

    /// The server's user in any zone, its clock ahead or behind, changes while pages are read.
    @Test(arguments: [-11, -5, 0, 1, 14], [-600, 0, 600])
    func missesNothingAndTellsNothingTwice(zone: Int, skew: Int) async throws {
        let server = try Server(7, "live", "zone=\(zone)", "skew=\(skew)", "cap=3")
        let gathered = try Gathered()
        var seen: [String] = []
        for round in 0..<8 {
            try await gathered.gather(server.source())
            seen += gathered.rows("issue").map { "\($0["issue_id"] ?? "") \($0["changelog_id"] ?? "")" }
            try await server.tick([37, 600, 3_000, 86_400, 1, 59, 61, 7_200][round])
        }
        try await server.tick(600)
        try await gathered.gather(server.source())
        seen += gathered.rows("issue").map { "\($0["issue_id"] ?? "") \($0["changelog_id"] ?? "")" }
        #expect(Set(seen).count == seen.count)
        // All that had happened two minutes before the last gathering began.
        let last = try await server.moments()
        #expect(seen.count >= last.count - 2 && seen.count > 200)
    }
}
