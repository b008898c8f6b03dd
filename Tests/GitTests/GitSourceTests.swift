import Files
import Gathering
import Git
import TestSupport
import Testing

@Suite struct GitSourceTests {
    @Test func tellsEachKindOfChangeAgainstTheFirstParent() async throws {
        let repository = try TestRepository()
        try repository.write("a.txt", "1\n2\n3\n")
        try repository.write("dir/sub/b.txt", "1\n2\n3\n4\n5\n6\n7\n8\n")
        let c1 = try repository.commit("c1")
        try repository.git("mv", "dir/sub/b.txt", "dir/sub/c.txt")
        try repository.write("dir/sub/c.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n")
        let c2 = try repository.commit("c2")
        try repository.git("checkout", "-q", "-b", "feature/x")
        try repository.write("a.txt", "1\n2\n3\n4\n")
        let c3 = try repository.commit("c3")
        try repository.git("checkout", "-q", "master")
        try repository.write("dir/sub/c.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n")
        let c4 = try repository.commit("c4")
        try repository.git("merge", "-q", "--no-ff", "-m", "Merge branch 'feature/x'", "feature/x")
        let c5 = try repository.head()
        try repository.write("bin.dat", "\u{0}\u{1}\u{2}\u{3}")
        let c6 = try repository.commit("c6")
        try repository.remove("a.txt")
        try repository.link("link", to: "dir")
        let c7 = try repository.commit("c7")
        try repository.write("na\u{EF}ve file.txt", "1\n")
        let c8 = try repository.commit("c8")
        try repository.remove("link")
        try repository.write("link", "file\n")
        let c9 = try repository.commit("c9")
        let c10 = try repository.commit("c10")

        let gathered = try await Gathered(repository)
        let versions = gathered.rows("vcs_versions").map { row in
            ["version_id", "type", "branch", "number_of_files", "insertions", "deletions", "number_of_lines"].map {
                row[$0] ?? ""
            }
        }
        #expect(
            versions == [
                [c1, "commit", "0", "2", "11", "0", "11"],
                [c2, "commit", "0", "2", "9", "8", "17"],
                [c3, "commit", "feature/x", "1", "1", "0", "1"],
                [c4, "commit", "0", "1", "1", "0", "1"],
                [c5, "merge", "0", "1", "1", "0", "1"],
                [c6, "commit", "0", "1", "0", "0", "0"],
                [c7, "commit", "0", "2", "1", "4", "5"],
                [c8, "commit", "0", "1", "1", "0", "1"],
                [c9, "commit", "0", "1", "1", "1", "2"],
                [c10, "commit", "0", "0", "0", "0", "0"],
            ])
        let changes = gathered.rows("change_path").map { row in
            ["version_id", "file", "change_type", "insertions", "deletions", "size"].map { row[$0] ?? "" }
        }
        #expect(
            changes == [
                [c1, "a.txt", "A", "3", "0", "6"], [c1, "dir/sub/b.txt", "A", "8", "0", "16"],
                [c2, "dir/sub/c.txt", "R", "1", "0", "18"],
                [c3, "a.txt", "M", "1", "0", "8"],
                [c4, "dir/sub/c.txt", "M", "1", "0", "21"],
                [c5, "a.txt", "M", "1", "0", "8"],
                [c6, "bin.dat", "A", "0", "0", "4"],
                [c7, "a.txt", "D", "0", "4", "0"], [c7, "link", "A", "1", "0", "3"],
                [c8, "na\u{EF}ve file.txt", "A", "1", "0", "2"],
                [c9, "link", "T", "1", "1", "5"],
            ])
        #expect(
            gathered.rows("vcs_versions").map { $0["message"] } == [
                "c1\n", "c2\n", "c3\n", "c4\n", "Merge branch 'feature/x'\n", "c6\n", "c7\n", "c8\n", "c9\n", "c10\n",
            ])
        #expect(gathered.cursor == c10)
    }

    @Test func gathersOnlyWhatIsNewAndNothingWhenNothingIs() async throws {
        let repository = try TestRepository()
        try repository.write("a", "1\n")
        let first = try repository.commit("first")
        let storage = try TemporaryDirectory()
        let full = try await Gathered(repository, storage: storage)
        #expect(full.rows("vcs_versions").count == 1)
        let same = try await Gathered(repository, storage: storage, after: full)
        #expect(same.rows("vcs_versions").isEmpty)
        #expect(same.cursor == nil)
        try repository.write("a", "2\n")
        let second = try repository.commit("second")
        let next = try await Gathered(repository, storage: storage, from: first)
        #expect(next.rows("vcs_versions").map { $0["version_id"] } == [second])
        #expect(next.cursor == second)
    }

    @Test func aRewrittenHistoryGivesTheNewCommits() async throws {
        let repository = try TestRepository()
        try repository.write("a", "1\n")
        _ = try repository.commit("kept")
        try repository.write("a", "2\n")
        let dropped = try repository.commit("dropped")
        let storage = try TemporaryDirectory()
        _ = try await Gathered(repository, storage: storage)
        try repository.git("reset", "-q", "--hard", "HEAD~1")
        try repository.write("a", "3\n")
        let rewritten = try repository.commit("rewritten")
        let next = try await Gathered(repository, storage: storage, from: dropped)
        #expect(next.rows("vcs_versions").map { $0["version_id"] } == [rewritten])
        #expect(next.cursor == rewritten)
    }

    @Test func aRewrittenHistoryGivesTheSameCountsAsOneReadAnew() async throws {
        let repository = try TestRepository()
        try repository.importCommits(1000)
        for number in 0..<40 {
            try repository.write("renamed\(number)", "\(number)\n1\n2\n3\n4\n5\n6\n7\n8\n")
            if number > 0 { try repository.remove("renamed\(number - 1)") }
            _ = try repository.commit("rename \(number)")
        }
        try repository.write("binary", "\u{0}\u{1}")
        try repository.link("link", to: "binary")
        _ = try repository.commit("binary")
        let storage = try TemporaryDirectory()
        let first = try await Gathered(repository, storage: storage)
        // Another committer for every commit, a change in the middle that nobody has counted yet.
        let exported = try repository.git("fast-export", "--no-data", "--signed-tags=strip", "HEAD")
        let rewritten = exported.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("committer ")
                ? "committer New Name <new@example.test>" + line.drop { $0 != ">" }.dropFirst() : line
        }.joined(separator: "\n")
        try repository.git("fast-import", "--quiet", "--force", input: Array((rewritten + "\n").utf8))
        try repository.git("reset", "-q", "--hard")
        try repository.write("new", "1\n")
        _ = try repository.commit("new")
        let again = try await Gathered(repository, storage: storage, from: first.cursor)
        let anew = try await Gathered(repository)
        #expect(again.report.notes.contains { $0.contains("it lost 1041 commits") })
        #expect(again.rows("vcs_versions").count == first.rows("vcs_versions").count + 1)
        #expect(again.rows("vcs_versions") == anew.rows("vcs_versions"))
        #expect(again.rows("change_path") == anew.rows("change_path"))
        #expect(again.rows("vcs_versions").first?["version_id"] != first.rows("vcs_versions").first?["version_id"])
    }

    @Test func anEmptyRepositoryHasNoRowsAndNoCursor() async throws {
        let gathered = try await Gathered(try TestRepository())
        #expect(gathered.rows("vcs_versions").isEmpty)
        #expect(gathered.cursor == nil)
    }

    @Test func readsOddNamesTextsAndPaths() async throws {
        let repository = try TestRepository()
        try repository.write("tab\tnew\nline \"quoted\" \\ \u{1F600}", "x")
        try repository.git("add", "-A")
        let tree = try repository.git("write-tree")
        let raw =
            Array("tree \(tree)\nauthor ".utf8) + [0x4A, 0xF6, 0xFF]
            + Array(" <j@\u{E9}.test> 1700000000 +0530\ncommitter C <c@x> 1700000100 -0800\n\n".utf8) + [
                0x62, 0xFE, 0x0A,
            ]
        let id = try repository.git("hash-object", "-t", "commit", "-w", "--stdin", input: raw)
        try repository.git("update-ref", "refs/heads/master", id)
        let gathered = try await Gathered(repository)
        let row = try #require(gathered.rows("vcs_versions").first)
        #expect(row["developer"] == "J\u{FFFD}\u{FFFD}")
        #expect(row["developer_email"] == "j@\u{E9}.test")
        #expect(row["message"] == "b\u{FFFD}\n")
        #expect(row["commit_date"] != row["author_date"])
        #expect(gathered.rows("change_path").map { $0["file"] } == ["tab\tnew\nline \"quoted\" \\ \u{1F600}"])
    }

    @Test func listsTagsByNameWithTheCommitTheyLeadTo() async throws {
        let repository = try TestRepository()
        try repository.write("a", "1\n")
        let commit = try repository.commit("first")
        try repository.git("tag", "light")
        try repository.git("tag", "-a", "v1", "-m", "Version 1\n\nMore")
        try repository.git("tag", "-a", "again", "-m", "Tag of a tag", "v1")
        try repository.git("tag", "tree", "HEAD^{tree}")
        let gathered = try await Gathered(repository)
        let tags = gathered.rows("tag").map { row in
            ["tag_name", "version_id", "message", "tagger", "tagger_email"].map { row[$0] ?? "" }
        }
        #expect(
            tags == [
                ["again", commit, "Tag of a tag", "Ann Author", "ann@example.test"],
                ["light", commit, "0", "0", "0"],
                ["v1", commit, "Version 1\n\nMore", "Ann Author", "ann@example.test"],
            ])
    }

    @Test func manyRangesGiveTheOrderOfOneList() async throws {
        let repository = try TestRepository()
        try repository.importCommits(1500)
        let gathered = try await Gathered(repository)
        let listed = try repository.git("rev-list", "--reverse", "HEAD").split(separator: "\n").map(String.init)
        #expect(gathered.rows("vcs_versions").map { $0["version_id"] } == listed)
        #expect(gathered.rows("change_path").count == 1500)
    }

    @Test func aMissingObjectIsAGapAndTheRestIsRead() async throws {
        let repository = try TestRepository()
        try repository.write("a", "1\n")
        let first = try repository.commit("first")
        try repository.write("a", "2\n")
        let damaged = try repository.commit("damaged")
        let blob = try repository.git("rev-parse", "HEAD:a")
        try repository.write("a", "3\n")
        try repository.write("b", "3\n")
        let last = try repository.commit("last")
        try Files.remove("\(repository.path)/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
        let gathered = try await Gathered(repository)
        #expect(gathered.rows("vcs_versions").map { $0["version_id"] } == [first, damaged, last])
        #expect(gathered.report.gaps.count == 2)
        #expect(gathered.cursor == last)
    }

    @Test func nothingThatARepositoryConfiguresRuns() async throws {
        let repository = try TestRepository()
        let witness = "\(repository.path)/witness"
        try repository.write("a", "1\n")
        try repository.write(".gitattributes", "a diff=evil filter=evil\n")
        _ = try repository.commit("first")
        for (key, value) in [
            ("core.fsmonitor", "touch \(witness)"), ("core.sshCommand", "touch \(witness)"),
            ("diff.evil.textconv", "touch \(witness);cat"),
            ("diff.external", "touch \(witness)"), ("uploadpack.packObjectsHook", "touch \(witness)"),
            ("filter.evil.smudge", "touch \(witness)"),
            ("core.pager", "touch \(witness)"), ("core.alternateRefsCommand", "touch \(witness)"),
            ("core.gitProxy", "touch \(witness)"),
        ] {
            try repository.git("config", key, value)
        }
        for hook in ["post-checkout", "reference-transaction", "post-update", "pre-auto-gc"] {
            try Files.makeDirectory("\(repository.path)/.git/hooks")
            try Files.write(
                "#!/bin/sh\ntouch \(witness)\n".utf8, to: "\(repository.path)/.git/hooks/\(hook)", permissions: 0o755)
        }
        let gathered = try await Gathered(repository)
        #expect(gathered.rows("vcs_versions").count == 1)
        #expect(try Files.status(witness) == nil)
    }
}
