import ForgeTestSupport
import Forges
import Gathering
import REST
import Tables
import TestSupport
import Testing

@Suite struct GitHubTests {
    @Test func mapsEveryKindOfRecord() async throws {
        let server = try PlatformServer(.gitHub, "issues=9&comments=9&lines=5")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitHub))
        let repository = try #require(gathered.rows("github_repo").first)
        #expect(repository["description"] == "0" && repository["forked"] == "1" && repository["private"] == "0")
        #expect(gathered.rows("merge_request").map { $0["id"] } == ["9", "6", "3"])
        let pull = try #require(gathered.rows("merge_request").first { $0["id"] == "3" })
        #expect(pull["title"] == "Títle 3" && pull["description"] == "Body ü 3" && pull["status"] == "open")
        #expect(pull["author"] == "漢字" && pull["author_username"] == "漢字" && pull["source_branch"] == "brånch-3")
        #expect(pull["upvotes"] == "1" && pull["downvotes"] == "1")
        let reviews = gathered.rows("merge_request_review").filter { $0["merge_request_id"] == "3" }
        #expect(reviews.map { $0["reviewer"] } == ["ann", "ünï"])
        #expect(reviews.map { $0["vote"] } == ["-1", "0"])
        let issues = gathered.rows("github_issue")
        #expect(issues.count == 9)
        let plain = try #require(issues.first { $0["id"] == "5" })
        #expect(plain["title"] == "" && plain["pull_request_id"] == "0" && plain["closed_at"] == "0")
        let closed = try #require(issues.first { $0["id"] == "6" })
        #expect(closed["author"] == "0" && closed["pull_request_id"] == "6" && closed["closed_by"] == "ünï")
        #expect(gathered.rows("github_issue_note").count == 9)
        // The third part is about pull requests, without those by bots: one of kind, and bob.
        let notes = gathered.rows("merge_request_note")
        #expect(notes.allSatisfy { ["3", "6", "9"].contains($0["merge_request_id"]) && $0["author"] != "bob" })
        #expect(notes.allSatisfy { $0["note_id"]?.count == 11 && $0["thread_id"] == "0" })
    }

    @Test func placesRemarksOnLines() async throws {
        let server = try PlatformServer(.gitHub, "lines=9")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitHub))
        let remarks = gathered.rows("commit_comment").filter { $0["merge_request_id"] != "0" }
        func place(_ id: Int) -> [String?] {
            let row = remarks.first { $0["note_id"] == "\(100_000_000_000 + id)" }
            return [row?["line"], row?["end_line"], row?["line_type"]]
        }
        #expect(place(2) == ["3", "5", "new"])
        // Outdated: no position any more.
        #expect(place(5) == ["5", "5", "new"])
        // No hunk.
        #expect(place(8) == ["8", "8", "0"])
    }

    /// The list of issues is not there then, and nothing is missing.
    @Test func doesWithoutIssuesWhereTheyAreSwitchedOff() async throws {
        let server = try PlatformServer(.gitHub, "no-issues=1")
        let gathered = try Gathered()
        for _ in 0..<2 {
            try await gathered.gather(server.source(.gitHub))
            #expect(gathered.report.gaps == [] && gathered.rows("github_issue") == [])
        }
        #expect(gathered.trackers.value(.gitHub, of: "näme") != nil)
    }

    @Test(arguments: ["no-lists=1", "no-closer=1", "no-closer=1&no-events=1"])
    func findsTheSameOnServersThatKnowLess(options: String) async throws {
        let size = "issues=40&comments=40&lines=9"
        let full = try Gathered()
        try await full.gather(PlatformServer(.gitHub, size).source(.gitHub))
        let server = try PlatformServer(.gitHub, "\(size)&\(options)")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitHub))
        #expect(gathered.content == full.content && gathered.report.gaps == [])
    }

    @Test func deliversWhatChangedAndNothingElse() async throws {
        let server = try PlatformServer(.gitHub, "issues=250")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitHub))
        try await server.set("phase=2")
        _ = try await server.requests()
        try await gathered.gather(server.source(.gitHub))
        #expect(gathered.rows("github_issue").map { $0["id"] } == ["1", "251"])
        #expect(gathered.rows("github_issue").map { $0["title"] } == ["Changed", "Títle 251"])
        #expect(gathered.count == 2 && gathered.report.gaps == [])
        // The list of issues is read until what is known, and their number is asked for.
        #expect(try await server.requests().count { $0.contains("/issues?") } == 2)
    }

    @Test func asksForNumbersThatTheListsLack() async throws {
        let server = try PlatformServer(.gitHub, "issues=20")
        try await server.set("drop=/issues")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitHub))
        #expect(gathered.report.gaps.contains { $0.contains("left out") })
        #expect(gathered.rows("github_issue").count == 20)
    }

    @Test func comparesTheRemarksWithWhatTheIssuesSay() async throws {
        let server = try PlatformServer(.gitHub, "issues=20&comments=30")
        try await server.set("drop=/issues/comments")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitHub))
        #expect(gathered.report.gaps == ["remarks: the issues have 30, found 29"])
        #expect(gathered.report.coverage.first { $0.resource == "remarks" }?.expected == 30)
    }

    @Test func entersWhatVanishedMeanwhile() async throws {
        let server = try PlatformServer(.gitHub, "issues=9")
        try await server.set("gone=/pulls/6")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitHub))
        #expect(gathered.report.tombstones.map(\.id) == ["6"] && gathered.report.gaps == [])
        #expect(gathered.rows("merge_request").count == 2)
    }

    @Test func keepsTheRestWhereOneListMayNotBeSeen() async throws {
        let server = try PlatformServer(.gitHub, "issues=9")
        try await server.set("spoil=/pulls&how=html")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitHub))
        #expect(gathered.rows("github_issue").count == 9 && gathered.report.cursors == [])
    }
}
