import Blocking
import Files
import ForgeTestSupport
import Gathering
import REST
import Registries
import Tables
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(30)), .enabled(if: try RedmineServer.isInstalled, "needs the Debian package redmine"))
struct RedmineTests {
    /// One test, because the server takes longer to start than all that is asked of it.
    @Test func theExampleGathersTheIssuesOfRedmine() async throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        let definition = String(
            decoding: try Files.read("\(root)/Documentation/examples/redmine.json"), as: UTF8.self)
        // It takes a while, which other tests need not wait for.
        let redmine = try await blocking { _ in try RedmineServer(issues: 131) }
        let gathered = try Gathered()

        try await gathered.gather(redmine.source(definition))
        #expect(gathered.report.gaps.isEmpty)
        #expect(gathered.report.coverage.first?.expected == 130 && gathered.report.coverage.first?.pages == 2)
        let rows = gathered.rows("rest_redmine_issue")
        // The second is of another project.
        #expect(rows.map { $0["id"] } == (1...131).filter { $0 != 2 }.map { "\($0)" })
        let third = try #require(rows.first { $0["id"] == "3" })
        #expect(third["subject"] == "Näher <3>" && third["due"] == "2024-05-06 00:00:00")
        #expect(third["severity"] == "low" && third["places"] == "here, there" && third["is_closed"] == "0")
        #expect(third["author"] == "Ann Author" && third["assignee", default: ""].isEmpty)
        let tenth = try #require(rows.first { $0["id"] == "10" })
        #expect(tenth["is_closed"] == "1" && tenth["assignee"] == "Ben Builder" && tenth["severity"] == "high")
        #expect(tenth["changed_by"] == "Ben Builder" && tenth["changed"]?.isEmpty == false)
        let table = try redmine.source(definition).tables[0]
        #expect(Set(table.columns.filter(\.isPersonal).map(\.name)) == ["author", "assignee", "changed_by"])

        try await gathered.gather(redmine.source(definition))
        #expect(gathered.rows("rest_redmine_issue").isEmpty && gathered.report.gaps.isEmpty)
        try await redmine.change(7, subject: "changed")
        try await gathered.gather(redmine.source(definition))
        #expect(gathered.rows("rest_redmine_issue").map { $0["id"] } == ["7"])
        #expect(gathered.rows("rest_redmine_issue").first?["subject"] == "changed")
        #expect(gathered.rows("rest_redmine_issue").first?["changed_by"] == "Ann Author")

        let refused = try #require(
            await #expect(throws: RESTError.self) {
                try await gathered.gather(redmine.source(definition, key: "wr0ng"))
            })
        #expect(refused.code == .unauthorised && !"\(refused)".contains("wr0ng"))
    }
}
