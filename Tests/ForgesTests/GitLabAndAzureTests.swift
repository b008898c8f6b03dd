import AzureDevOps
import ForgeTestSupport
import Forges
import Gathering
import GitLab
import HTTP
import REST
import Tables
import TestSupport
import Testing

@Suite struct GitLabTests {
    @Test func mapsEveryKindOfRecord() async throws {
        let server = try PlatformServer(.gitLab, "requests=5&events=8")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitLab))
        let request = try #require(gathered.rows("merge_request").first { $0["id"] == "5003" })
        #expect(request["title"] == "Títle 3" && request["status"] == "locked" && request["upvotes"] == "3")
        #expect(request["author"] == "漢字" && request["author_username"] == "漢字" && request["assignee"] == "0")
        #expect(gathered.rows("merge_request").first { $0["id"] == "5004" }?["description"] == "")
        let notes = gathered.rows("merge_request_note").filter { $0["merge_request_id"] == "5003" }
        #expect(notes.map { $0["note_id"] } == ["300", "301", "302"] && notes.map { $0["comment"] }.last == "")
        #expect(notes.allSatisfy { $0["updated_at"] == nil })
        let votes = gathered.rows("merge_request_review").filter { $0["merge_request_id"] == "5003" }
        #expect(votes.map { $0["reviewer_username"] } == ["ann", "bob"] && votes.map { $0["vote"] } == ["1", "0"])
    }

    @Test func gathersIssuesAndTheirNotesOnce() async throws {
        let server = try PlatformServer(.gitLab, "issues=7")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitLab))
        #expect(gathered.rows("gitlab_issue").map { $0["id"] } == ["7", "6", "5", "4", "3", "2", "1"])
        #expect(gathered.rows("gitlab_issue").last?["labels"] == "1")
        let notes = gathered.rows("gitlab_issue_note").filter { $0["issue_id"] == "7" }
        #expect(notes.map { $0["note_id"] } == ["700", "701", "702"])
        try await gathered.gather(server.source(.gitLab))
        #expect(gathered.count == 0)
    }

    @Test func tellsACommitOfEachPush() async throws {
        let server = try PlatformServer(.gitLab, "events=8")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitLab))
        func id(_ number: Int) -> String { String(repeating: "0", count: 39) + "\(number)" }
        let events = gathered.rows("vcs_event").map { [$0["version_id"], $0["action"], $0["kind"], $0["ref"]] }
        #expect(events.contains([id(5), "pushed to", "branch", "mäin"]))
        // A push of several: those that the copy has, newest first.
        #expect(
            events.contains([id(4), "pushed to", "branch", "main"])
                && events.contains([id(1), "pushed to", "branch", "main"]))
        #expect(events.contains([id(2), "pushed new", "tag", "v1"]))
        #expect(events.contains([id(3), "deleted", "branch", "0"]))
        #expect(gathered.report.notes.count == 1 && gathered.report.gaps == [])
    }

    @Test func asksOnceWhetherThereAreApprovals() async throws {
        let server = try PlatformServer(.gitLab, "requests=20&no-approvals=1")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitLab))
        #expect(gathered.rows("merge_request").count == 20 && gathered.report.gaps == [])
        #expect(try await server.requests().count { $0.contains("approvals") } == 1)
    }

    /// Somebody else asked the server: what they had is taken, and the tracker goes on from there.
    @Test func asksForNoListWhereThereAreDropins() async throws {
        let server = try PlatformServer(.gitLab)
        let base = try WebAddress("\(server.address)/api/v4")
        var settings = GitLabSettings(ForgeSettings(name: "näme", base: base, repository: "grøup/name"))
        settings.dropins = .init(hasProject: false, tracker: "2024-02-03 04:05:06")
        let gathered = try Gathered()
        try await gathered.gather(GitLabSource(settings, server.environment, pool: TokenPool([], share: 1)))
        #expect(gathered.rows("gitlab_repo").count == 1 && gathered.count == 1)
        #expect(gathered.trackers.value(.gitLab, of: "näme") == "2024-02-03 04:05:06")
        settings.dropins = .init(hasProject: true, tracker: nil)
        try await gathered.gather(GitLabSource(settings, server.environment, pool: TokenPool([], share: 1)))
        #expect(try await server.requests().count == 1)
        #expect(gathered.trackers.value(.gitLab, of: "näme") == "2024-02-03 04:05:06")
    }

    @Test func deliversWhatChangedAndNothingElse() async throws {
        let server = try PlatformServer(.gitLab, "requests=130")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.gitLab))
        try await server.set("phase=2")
        try await gathered.gather(server.source(.gitLab))
        #expect(gathered.rows("merge_request").map { $0["title"] } == ["Changed"] && gathered.report.gaps == [])
    }
}

@Suite struct AzureDevOpsTests {
    @Test func tellsWhichWorkItemsWereDeleted() async throws {
        let server = try PlatformServer(.azureDevOps)
        let gathered = try Gathered()
        try await gathered.gather(server.source(.azureDevOps))
        #expect(gathered.report.tombstones == [] && gathered.report.gaps == [])
        try await server.set("deleted=1")
        try await gathered.gather(server.source(.azureDevOps))
        #expect(gathered.report.tombstones.map { "\($0.kind) \($0.id)" } == ["work item 2", "work item 3"])
        try await gathered.gather(server.source(.azureDevOps))
        #expect(gathered.report.tombstones == [])
    }

    /// Its files are under the platform's own version control: there is no repository to ask about.
    @Test func gathersAProjectWithoutARepository() async throws {
        let server = try PlatformServer(.azureDevOps)
        let forge = ForgeSettings(name: "näme", base: try WebAddress(server.address), repository: "")
        let source = AzureSource(
            AzureSettings(forge, collection: "tfs/Coll", project: "Prøject"), server.environment,
            pool: TokenPool([], share: 1))
        #expect(try await source.reach(storage: "") == "Azure DevOps shows the project")
        let gathered = try Gathered()
        try await gathered.gather(source)
        #expect(gathered.report.gaps == [] && gathered.rows("merge_request") == [])
        #expect(gathered.rows("tfs_team").count == 1 && gathered.rows("tfs_work_item").count == 7)
    }

    @Test func doesWithoutARecycleBin() async throws {
        let server = try PlatformServer(.azureDevOps, "nobin=1")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.azureDevOps))
        #expect(gathered.report.tombstones == [] && gathered.report.gaps == [])
    }

    @Test(arguments: ["", "new=1"])
    func mapsEveryKindOfRecord(options: String) async throws {
        let server = try PlatformServer(.azureDevOps, "pushes=3&pulls=3&revisions=5&\(options)")
        let gathered = try Gathered()
        try await gathered.gather(server.source(.azureDevOps))
        #expect(gathered.report.gaps == [])
        #expect(gathered.rows("vcs_event").count == 3)
        let pull = try #require(gathered.rows("merge_request").first { $0["id"] == "1" })
        #expect(
            pull["status"] == "completed" && pull["description"] == "" && pull["upvotes"] == "2"
                && pull["downvotes"] == "1")
        #expect(
            gathered.rows("merge_request_review").filter { $0["merge_request_id"] == "1" }.map { $0["vote"] } == [
                "10", "-5",
            ])
        #expect(
            gathered.rows("merge_request_note").filter { $0["merge_request_id"] == "1" }.map { $0["note_id"] } == [
                "1", "2",
            ])
        let remark = try #require(gathered.rows("commit_comment").first)
        #expect(
            remark["file"] == "/a.swift" && remark["line"] == "3" && remark["end_line"] == "4"
                && remark["line_type"] == "new")
        #expect(gathered.rows("tfs_team").first == ["repo_name": "näme", "team_name": "Téam", "description": ""])
        #expect(gathered.rows("tfs_team_member").first?["username"] == "bob@example.org")
        #expect(gathered.rows("tfs_sprint").map { $0["start_date"] } == ["0", "0"])
        let items = gathered.rows("tfs_work_item")
        #expect(items.count == 5 && items[0]["reporter"] == "Ann" && items[0]["story_points"] == "3.0")
        #expect(items[0]["labels"] == "2" && items[0]["description"] == nil)
        #expect(gathered.rows("tfs_developer").first?["email"] == "ann@example.org")
    }
}
