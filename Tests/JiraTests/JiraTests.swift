import Configuration
import ForgeTestSupport
import Gathering
import HTTP
import Jira
import REST
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct JiraTests {
    /// The API in Python: `COUNT` issues, each with three entries of history in two seconds.
    private final class Server {
        let process: Peer
        let base: WebAddress
        let http: HTTPClient
        private let port: String

        init(_ count: Int, cloud: Bool) throws {
            let script = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/jira-server.py"
            process = try Peer("python3", [script, "\(count)"] + (cloud ? ["cloud"] : []))
            port = try process.line()
            base = try WebAddress("http://127.0.0.1:\(port)/context/")
            http = try HTTPClient(.init(userAgent: "test/1"))
        }

        var source: JiraSource {
            JiraSource(
                JiraSettings(name: "Tracker", base: base, project: "P", http: http), pool: TokenPool([], share: 1))
        }

        func change() async throws {
            var request = try HTTPRequest(.get, "http://127.0.0.1:\(port)/phase")
            request.transport = .plainAllowed
            _ = try await http.send(request)
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
        #expect(gathered.rows("sprint").count == 1)
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
        #expect(error.faults.count == 3)
    }
}
