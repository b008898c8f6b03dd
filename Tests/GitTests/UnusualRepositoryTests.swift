import Files
import Gathering
import TestSupport
import Testing

@testable import Git

@Suite struct UnusualRepositoryTests {
    private let repository: TestRepository
    private let first: String
    private let second: String

    init() throws {
        repository = try TestRepository()
        try repository.write("a", "1\n")
        first = try repository.commit("first")
        try repository.write("a", "2\n")
        second = try repository.commit("second")
    }

    @Test(arguments: ["main", "master", "only"]) func anUnbornHeadLeavesTheObviousBranch(branch: String) async throws {
        if branch != "master" { try repository.git("branch", "-M", branch) }
        try repository.git("symbolic-ref", "HEAD", "refs/heads/unborn")
        let gathered = try await Gathered(repository)
        #expect(gathered.cursor == second)
        #expect(gathered.report.gaps.isEmpty)
    }

    @Test func anUnbornHeadBesideSeveralBranchesIsTold() async throws {
        try repository.git("branch", "one")
        try repository.git("branch", "-M", "two")
        try repository.git("symbolic-ref", "HEAD", "refs/heads/unborn")
        let gathered = try await Gathered(repository)
        #expect(gathered.cursor == nil)
        #expect(gathered.report.gaps.count == 1)
    }

    @Test func aDetachedHeadIsWhatIsGathered() async throws {
        try repository.git("checkout", "-q", "--detach", first)
        let gathered = try await Gathered(repository)
        #expect(gathered.rows("vcs_versions").map { $0["version_id"] } == [first])
        #expect(gathered.cursor == first)
    }

    @Test func aRenamedDefaultBranchGoesOn() async throws {
        let storage = try TemporaryDirectory()
        _ = try await Gathered(repository, storage: storage)
        try repository.git("branch", "-M", "master", "main")
        try repository.write("a", "3\n")
        let third = try repository.commit("third")
        let gathered = try await Gathered(repository, storage: storage, from: second)
        #expect(gathered.rows("vcs_versions").map { $0["version_id"] } == [third])
    }

    @Test func aShallowRepositoryGivesWhatItHas() async throws {
        let shallow = try TestRepository()
        try shallow.git(
            "fetch", "-q", "--depth=1", "--update-head-ok", "file://\(repository.path)", "+master:master")
        let gathered = try await Gathered(shallow)
        #expect(gathered.rows("vcs_versions").map { $0["version_id"] } == [second])
        #expect(gathered.rows("change_path").map { $0["change_type"] } == ["A"])
    }

    @Test func aMissingRepositoryIsNamedWithWhatGitSaysAndWhatToDo() async throws {
        let error = await #expect(throws: GitError.self) {
            _ = try await Gathered(repository) { $0.url = "/nowhere/at-all" }
        }
        #expect(error?.code == .failed)
        #expect(error?.subject == "/nowhere/at-all")
        #expect(error?.reason.contains("does not appear to be a git repository") == true)
        #expect(error?.advice != nil)
    }

    @Test func anUnreachableRemoteLeavesTheCopy() async throws {
        let storage = try TemporaryDirectory()
        _ = try await Gathered(repository, storage: storage)
        let before = try Files.list(storage.path)
        try repository.git("config", "core.repositoryFormatVersion", "99")
        await #expect(throws: GitError.self) { _ = try await Gathered(repository, storage: storage, from: first) }
        #expect(try Files.list(storage.path) == before)
        try repository.git("config", "--file", "\(repository.path)/.git/config", "core.repositoryFormatVersion", "0")
        let gathered = try await Gathered(repository, storage: storage, from: first)
        #expect(gathered.rows("vcs_versions").map { $0["version_id"] } == [second])
    }

    @Test func aTagEndsTheHistoryAndAMissingOneIsTold() async throws {
        try repository.git("tag", "v1", first)
        let tagged = try await Gathered(repository) { $0.tag = "v1" }
        #expect(tagged.rows("vcs_versions").map { $0["version_id"] } == [first])
        #expect(tagged.cursor == first)
        let missing = try await Gathered(repository) { $0.tag = "v2" }
        #expect(missing.rows("vcs_versions").count == 2)
        #expect(missing.report.gaps.count == 1)
    }

    @Test func aDateLeavesOutWhatIsOlder() async throws {
        let row = try #require(try await Gathered(repository).rows("vcs_versions").last)
        let date = try #require(row["commit_date"])
        let gathered = try await Gathered(repository) { $0.fromDate = date + " " + "+0000" }
        #expect(gathered.rows("vcs_versions").count <= 2)
        let none = try await Gathered(repository) { $0.fromDate = "2100-01-01" }
        #expect(none.rows("vcs_versions").isEmpty)
        #expect(none.cursor == second)
    }

    @Test func withoutStatisticsOnlyTheCommitsAreTold() async throws {
        let gathered = try await Gathered(repository) { $0.skipsStatistics = true }
        #expect(gathered.rows("vcs_versions").count == 2)
        #expect(gathered.rows("vcs_versions").allSatisfy { $0["size"] == nil && $0["branch"] == nil })
        #expect(gathered.rows("change_path").isEmpty)
    }

    @Test func manyTagsAreListed() async throws {
        let names = (0..<3000).map { "\(first) refs/tags/v\($0)\n" }.joined()
        try repository.write(".git/packed-refs", names)
        let gathered = try await Gathered(repository)
        #expect(gathered.rows("tag").count == 3000)
    }

    @Test(
        arguments: [
            ("fatal: unable to access 'https://u:p@host/x/': no", "fatal: unable to access 'https://host/x/': no"),
            ("ssh://git@host/x and https://h/a@b", "ssh://host/x and https://h/a@b"),
            ("nothing of the kind", "nothing of the kind"),
        ])
    func messagesNameNoLogin(text: String, expected: String) {
        #expect(GitError.withoutLogins(text) == expected)
    }
}
