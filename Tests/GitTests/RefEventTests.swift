import Gathering
import TestSupport
import Testing

@Suite struct RefEventTests {
    private let repository: TestRepository
    private let storage: TemporaryDirectory
    private let first: String

    init() throws {
        repository = try TestRepository()
        storage = try TemporaryDirectory()
        try repository.write("a", "1\n")
        first = try repository.commit("first")
    }

    private func events(_ gathered: Gathered) -> [[String]] {
        gathered.rows("vcs_event").map { row in ["action", "kind", "ref", "version_id"].map { row[$0] ?? "" } }
    }

    @Test func tellsOfForcedPushesDeletedBranchesAndMovedTags() async throws {
        try repository.write("a", "2\n")
        let lost = try repository.commit("lost")
        try repository.git("branch", "gone")
        try repository.git("branch", "advances", first)
        try repository.git("tag", "-a", "-m", "moved", "moved")
        try repository.git("tag", "deleted")
        let before = try await Gathered(repository, storage: storage)
        #expect(events(before).isEmpty)

        try repository.git("reset", "-q", "--hard", first)
        try repository.write("a", "3\n")
        let head = try repository.commit("head")
        try repository.git("branch", "-D", "gone")
        try repository.git("branch", "-f", "advances", head)
        try repository.git("tag", "-f", "moved", head)
        try repository.git("tag", "-d", "deleted")
        let after = try await Gathered(repository, storage: storage, after: before)
        #expect(
            events(after) == [
                ["deleted", "branch", "gone", lost], ["forced push", "branch", "master", lost],
                ["deleted", "tag", "deleted", lost], ["moved", "tag", "moved", lost],
            ])
        #expect(after.report.gaps.isEmpty)
        #expect(after.report.notes.count == 1)
        #expect(after.report.notes.first?.contains(lost) == true)

        try repository.write("a", "4\n")
        _ = try repository.commit("next")
        let next = try await Gathered(repository, storage: storage, after: after)
        #expect(events(next).isEmpty)
    }

    /// The copy has followed the remote already when a run is lost.
    @Test func tellsAgainAsLongAsTheCursorHasNotMoved() async throws {
        try repository.write("a", "2\n")
        let lost = try repository.commit("lost")
        _ = try await Gathered(repository, storage: storage)
        try repository.git("reset", "-q", "--hard", first)
        let once = try await Gathered(repository, storage: storage, from: lost)
        let again = try await Gathered(repository, storage: storage, from: lost)
        #expect(once.rows("vcs_event").count == 1)
        #expect(once.rows("vcs_event") == again.rows("vcs_event"))
    }

    @Test func aDeletedBranchIsToldAtOnceAndMovesOfOthersBringNoTags() async throws {
        try repository.git("branch", "side")
        try repository.git("tag", "v1")
        let before = try await Gathered(repository, storage: storage)
        #expect(before.rows("tag").count == 1)
        try repository.git("branch", "another")
        let grown = try await Gathered(repository, storage: storage, after: before)
        #expect(grown.rows("tag").isEmpty && grown.rows("vcs_versions").isEmpty && events(grown).isEmpty)
        #expect(try await Gathered(repository, storage: storage, after: grown).report.cursors.isEmpty)
        try repository.git("branch", "-D", "side")
        let shrunk = try await Gathered(repository, storage: storage, after: grown)
        #expect(events(shrunk) == [["deleted", "branch", "side", first]])
        #expect(shrunk.rows("vcs_versions").isEmpty)
        let quiet = try await Gathered(repository, storage: storage, after: shrunk)
        #expect(events(quiet).isEmpty && quiet.report.cursors.isEmpty)
    }

    /// The copy has followed the remote, and the run is lost: only the mark says that nothing was delivered.
    @Test func aTagThatCameWithALostRunIsToldByTheNext() async throws {
        let before = try await Gathered(repository, storage: storage)
        try repository.git("tag", "v1")
        let lost = try await Gathered(repository, storage: storage, after: before)
        let again = try await Gathered(repository, storage: storage, after: before)
        #expect(lost.rows("tag").map { $0["tag_name"] } == ["v1"])
        #expect(again.rows("tag") == lost.rows("tag"))
        #expect(again.report.cursors == lost.report.cursors)
        #expect(try await Gathered(repository, storage: storage, after: again).rows("tag").isEmpty)
    }

    @Test func anAgentThatLostItsMarkTellsNothingTwice() async throws {
        try repository.git("tag", "v1")
        _ = try await Gathered(repository, storage: storage)
        let next = try await Gathered(repository, storage: storage, from: first)
        #expect(next.rows("tag").isEmpty)
        #expect(next.cursor == first)
    }

    @Test func theLostCommitsStayInAFetchedCopy() async throws {
        try repository.write("a", "2\n")
        let lost = try repository.commit("lost")
        _ = try repository.git("tag", "-a", "-m", "object", "object")
        // A shallow repository is never read in place.
        let clone = try TestRepository()
        try clone.git("fetch", "-q", "--depth=5", "file://\(repository.path)", "+master:other")
        try clone.git("symbolic-ref", "HEAD", "refs/heads/other")
        try clone.git("fetch", "-q", "--depth=1", "--update-head-ok", "file://\(repository.path)", "+master:other")
        _ = try await Gathered(clone, storage: storage)
        try clone.git("checkout", "-q", "-f", "--orphan", "fresh")
        let head = try clone.commit("fresh")
        try clone.git("branch", "-f", "other", head)
        let after = try await Gathered(clone, storage: storage, from: lost)
        #expect(events(after) == [["forced push", "branch", "other", lost]])
        #expect(after.rows("vcs_versions").map { $0["version_id"] } == [head])
    }
}
