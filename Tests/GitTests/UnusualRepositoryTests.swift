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

    /// Author and committer dates differ, clocks go wrong, and a moment is the same in any form.
    @Test(arguments: [
        "2020-06-01T00:00:00Z", "2020-06-01 02:00:00 +0200", "1590969600 +0000", "2020-05-31 23:59:59 +0000",
    ])
    func onlyWhatWasCommittedSinceADateIsGathered(date: String) async throws {
        let repository = try TestRepository()
        var ids: [String] = []
        // Committed at; authored always in 2000. The third has a clock of long ago.
        for (number, committed) in [
            "2020-05-31T23:59:58Z", "2020-06-01T00:00:00Z", "2001-01-01T00:00:00Z", "2020-06-02T00:00:00Z",
        ]
        .enumerated() {
            try repository.write("file", "\(number)\n")
            try repository.git("add", "-A")
            let tree = try repository.git("write-tree")
            let parent = ids.last.map { "parent \($0)\n" } ?? ""
            let moment = try repository.git("rev-parse", "--since=\(committed)").split(separator: "=").last ?? "0"
            let text =
                "tree \(tree)\n\(parent)author A <a@x> 946684800 +0000\ncommitter A <a@x> \(moment) +0000\n\n\(number)\n"
            ids.append(try repository.git("hash-object", "-t", "commit", "-w", "--stdin", input: Array(text.utf8)))
        }
        try repository.git("update-ref", "refs/heads/master", ids[3])
        let storage = try TemporaryDirectory()
        let gathered = try await Gathered(repository, storage: storage) { $0.fromDate = date }
        #expect(gathered.rows("vcs_versions").map { $0["message"] } == ["1\n", "3\n"])
        #expect(gathered.rows("change_path").map { $0["insertions"] } == ["1", "1"])
        #expect(gathered.cursor == ids[3])
        // It says where to begin; from then on everything is new.
        try repository.git("reset", "-q", "--hard")
        try repository.write("file", "4\n")
        let next = try repository.commit("next")
        let later = try await Gathered(repository, storage: storage, after: gathered) { $0.fromDate = "2100-01-01" }
        #expect(later.rows("vcs_versions").map { $0["version_id"] } == [next])
    }

    @Test func aDateInTheFutureLeavesNothingAndATagWinsOverIt() async throws {
        let none = try await Gathered(repository) { $0.fromDate = "2100-01-01" }
        #expect(none.rows("vcs_versions").isEmpty)
        #expect(none.cursor == second)
        try repository.git("tag", "v1", first)
        let tagged = try await Gathered(repository) {
            $0.fromDate = "2100-01-01"
            $0.tag = "v1"
            $0.skipsStatistics = true
        }
        #expect(tagged.rows("vcs_versions").map { $0["version_id"] } == [first])
        #expect(tagged.rows("vcs_versions").allSatisfy { $0["insertions"] == nil })
        #expect(tagged.cursor == first)
        let same = try await Gathered(repository, after: tagged) { $0.tag = "v1" }
        #expect(same.report.cursors.isEmpty)
    }

    /// A commit of a side line is gone, one of the main line is garbage.
    @Test(arguments: [true, false]) func whatLeadsToAMissingCommitIsToldAndTheRestIsGathered(
        isGarbage: Bool
    ) async throws {
        try repository.git("checkout", "-q", "-b", "side")
        try repository.write("b", "1\n")
        let lost = try repository.commit("lost")
        try repository.write("b", "2\n")
        let orphaned = try repository.commit("orphaned")
        try repository.git("checkout", "-q", "master")
        try repository.write("a", "3\n")
        let third = try repository.commit("third")
        try repository.git("merge", "-q", "-m", "Merge branch 'side'", "side")
        let merge = try repository.head()
        let path = "\(repository.path)/.git/objects/\(lost.prefix(2))/\(lost.dropFirst(2))"
        try Files.remove(path)
        if isGarbage { try Files.write("garbage".utf8, to: path) }
        let storage = try TemporaryDirectory()
        let gathered = try await Gathered(repository, storage: storage)
        let ids = gathered.rows("vcs_versions").map { $0["version_id"] ?? "" }
        #expect(Set(ids) == [first, second, orphaned, third, merge])
        #expect(
            gathered.report.gaps == [
                "a parent of commit \(orphaned) is missing: what only leads to it was not gathered"
            ])
        #expect(gathered.cursor == merge)
        try repository.write("a", "4\n")
        let next = try repository.commit("next")
        let later = try await Gathered(repository, storage: storage, after: gathered)
        #expect(later.rows("vcs_versions").map { $0["version_id"] } == [next])
    }

    @Test func aTagThatLeadsNowhereIsToldAndTheOthersAreListed() async throws {
        try repository.git("tag", "good")
        try repository.git("tag", "-a", "-m", "inner", "inner", first)
        try repository.git("tag", "-a", "-m", "outer", "outer", "inner")
        let inner = try repository.git("rev-parse", "inner")
        try repository.git("tag", "-d", "inner")
        try Files.remove("\(repository.path)/.git/objects/\(inner.prefix(2))/\(inner.dropFirst(2))")
        let gathered = try await Gathered(repository)
        #expect(gathered.rows("tag").map { $0["tag_name"] } == ["good"])
        #expect(gathered.report.gaps == ["a tag leads to objects that are missing"])
        #expect(gathered.rows("vcs_versions").count == 2)
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
