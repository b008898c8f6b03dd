import Files
import Gathering
import Glibc
import Subversion
import TestSupport
import Testing
import Timestamps

@Suite struct SubversionSourceTests {
    @Test func tellsEachRevisionOfTheTrunkWithWhatItChanged() async throws {
        var dump = TestRepository.layout
        dump.revision("First files", .add("trunk/b.txt", "1\n2\nno end"), .add("trunk/a.txt", "1\n2\n3\n"))
        dump.revision(
            "Second\nline \u{2713}", by: "b\u{F6}b", .change("trunk/a.txt", "1\n3\n4\n5\n"),
            .directory("trunk/d\u{FC}"), .add("trunk/d\u{FC}/\u{FC}ber blick.txt", "gr\u{FC}\u{DF}e\n"))
        dump.revision(
            "Move", .copy("trunk/b.txt", to: "trunk/c.txt", at: 3, kind: "file"), .delete("trunk/b.txt"))
        dump.revision("Branch", .copy("trunk", to: "branches/x", at: 4))
        dump.revision("On the branch only", .add("branches/x/new.txt", "1\n"))
        dump.revision(
            "Binary", .add("trunk/logo.bin", "\u{0}\u{1}\u{2}", ["svn:mime-type": "application/octet-stream"]))
        dump.revision("Properties", .setProperties("trunk/d\u{FC}", ["svn:ignore": "*.o\n"]))
        dump.revision("", .delete("trunk/d\u{FC}"))

        let gathered = try await Gathered(try TestRepository(dump))
        #expect(
            gathered.values(
                "vcs_versions", "version_id", "message", "type", "developer", "developer_username", "developer_email",
                "author_date", "branch", "sprint_id", "encrypted")
                == [
                    ["1", "Layout", "commit", "ann", "ann", "0", "0", "0", "0", "0"],
                    ["2", "First files", "commit", "ann", "ann", "0", "0", "0", "0", "0"],
                    ["3", "Second\nline \u{2713}", "commit", "b\u{F6}b", "b\u{F6}b", "0", "0", "0", "0", "0"],
                    ["4", "Move", "commit", "ann", "ann", "0", "0", "0", "0", "0"],
                    ["7", "Binary", "commit", "ann", "ann", "0", "0", "0", "0", "0"],
                    ["8", "Properties", "commit", "ann", "ann", "0", "0", "0", "0", "0"],
                    ["9", "", "commit", "ann", "ann", "0", "0", "0", "0", "0"],
                ])
        #expect(
            gathered.values(
                "vcs_versions", "version_id", "number_of_files", "insertions", "deletions", "number_of_lines", "size")
                == [
                    ["1", "0", "0", "0", "0", "0"], ["2", "2", "6", "0", "6", "11"], ["3", "2", "3", "1", "4", "12"],
                    ["4", "2", "3", "3", "6", "16"], ["7", "1", "0", "0", "0", "0"], ["8", "0", "0", "0", "0", "0"],
                    ["9", "1", "0", "1", "1", "7"],
                ])
        #expect(
            gathered.values("change_path", "version_id", "file", "change_type", "insertions", "deletions", "size")
                == [
                    ["2", "a.txt", "A", "3", "0", ""], ["2", "b.txt", "A", "3", "0", ""],
                    ["3", "a.txt", "M", "2", "1", ""], ["3", "d\u{FC}/\u{FC}ber blick.txt", "A", "1", "0", ""],
                    ["4", "b.txt", "D", "0", "3", ""], ["4", "c.txt", "A", "3", "0", ""],
                    ["7", "logo.bin", "M", "0", "0", ""],
                    ["9", "d\u{FC}/\u{FC}ber blick.txt", "D", "0", "1", ""],
                ])
        let third = Timestamp(rfc3339: "2023-11-01T12:00:00Z")?.local
        #expect(gathered.rows("vcs_versions")[2]["commit_date"] == third)
        #expect(gathered.cursor == "9")
        #expect(gathered.report.gaps.isEmpty)
    }

    @Test(arguments: ["3", "r3"])
    func gathersOnlyWhatIsNewAndNothingWhenNothingIs(stored: String) async throws {
        var dump = TestRepository.layout
        dump.revision("One", .add("trunk/a", "1\n"))
        dump.revision("Two", .change("trunk/a", "2\n"))
        let repository = try TestRepository(dump)
        let same = try await Gathered(repository, from: stored)
        #expect(same.rows("vcs_versions").isEmpty && same.rows("tag").isEmpty)
        #expect(same.cursor == nil)
        var more = RepositoryDump(after: 3)
        more.revision("Three", .change("trunk/a", "3\n"))
        more.revision("Branch", .copy("trunk", to: "branches/x", at: 4))
        try repository.append(more)
        let next = try await Gathered(repository, from: stored)
        #expect(next.values("vcs_versions", "version_id", "insertions") == [["4", "1"]])
        #expect(next.cursor == "5")
    }

    @Test func listsTheTagsWithTheRevisionThatMadeThem() async throws {
        var dump = TestRepository.layout
        dump.revision("Tag", by: "rel", .copy("trunk", to: "tags/v1.0", at: 1))
        dump.revision(.init(author: nil), [.copy("trunk", to: "tags/v1.1 \u{FC}", at: 1)])
        dump.revision("Below", .add("tags/v1.0/a", "1\n"))
        let gathered = try await Gathered(try TestRepository(dump))
        let dates = ["2023-11-01T13:00:00Z", "2023-11-01T12:00:00Z"].map { Timestamp(rfc3339: $0)?.local ?? "" }
        #expect(
            gathered.values("tag", "tag_name", "version_id", "message", "tagged_date", "tagger", "tagger_email")
                == [["v1.0", "4", "0", dates[0], "ann", "0"], ["v1.1 \u{FC}", "3", "0", dates[1], "0", "0"]])
    }

    @Test func withoutATrunkTheWholeDirectoryIsGathered() async throws {
        var dump = RepositoryDump()
        dump.revision("Flat", .add("a", "1\n"), .directory("d"), .add("d/b", "2\n"))
        dump.revision("More", .change("d/b", "3\n"))
        let repository = try TestRepository(dump)
        let whole = try await Gathered(repository)
        #expect(whole.report.gaps.isEmpty)
        #expect(whole.values("change_path", "version_id", "file") == [["1", "a"], ["1", "d/b"], ["2", "d/b"]])
        #expect(whole.cursor == "2")
        for url in ["\(repository.url)/d", "\(repository.url)/d/trunk/"] {
            let part = try await Gathered(SubversionSettings(name: "test", url: url))
            #expect(part.values("change_path", "version_id", "file") == [["1", "b"], ["2", "b"]])
        }
    }

    @Test func anEmptyRepositoryHasNoRowsAndNoCursor() async throws {
        let gathered = try await Gathered(try TestRepository())
        #expect(gathered.rows("vcs_versions").isEmpty)
        #expect(gathered.cursor == nil)
        #expect(gathered.report.gaps.isEmpty)
    }

    @Test func followsATrunkThatWasSomethingElseBefore() async throws {
        var dump = RepositoryDump()
        dump.revision("Main", .directory("main"), .add("main/a", "1\n"))
        dump.revision("Change", .change("main/a", "1\n2\n"))
        dump.revision("Rename", .copy("main", to: "trunk", at: 2), .delete("main"))
        dump.revision("Go on", .change("trunk/a", "1\n2\n3\n"))
        let gathered = try await Gathered(try TestRepository(dump))
        #expect(
            gathered.values("vcs_versions", "version_id", "insertions", "number_of_files") == [
                ["1", "1", "1"], ["2", "1", "1"], ["3", "0", "0"], ["4", "1", "1"],
            ])
    }

    @Test func whatARevisionLacksIsUnknownAndOneWithoutADateIsAGap() async throws {
        var dump = TestRepository.layout
        dump.revision(.init(author: nil, message: nil), [.add("trunk/a", "1\n")])
        dump.revision(.init(hasDate: false), [.change("trunk/a", "2\n")])
        dump.revision("Last", .change("trunk/a", "3\n"))
        let gathered = try await Gathered(try TestRepository(dump))
        #expect(
            gathered.values("vcs_versions", "version_id", "developer", "developer_username", "message") == [
                ["1", "ann", "ann", "Layout"], ["2", "0", "0", ""], ["4", "ann", "ann", "Last"],
            ])
        #expect(gathered.values("change_path", "version_id") == [["2"], ["4"]])
        #expect(gathered.report.gaps == ["revision 3 left out for want of a date"])
        #expect(gathered.cursor == "4")
    }

    @Test func textThatIsNoUTF8IsRepaired() async throws {
        var dump = TestRepository.layout
        dump.revision(
            .init(author: [0x4A, 0xF6], message: [0x61, 0xFF, 0x01, 0x0A, 0xEF, 0xBF, 0xBF]),
            [.add("trunk/a", "1\n")])
        let gathered = try await Gathered(try TestRepository(dump))
        #expect(
            gathered.values("vcs_versions", "developer", "message").last
                == ["J\u{FFFD}", "a\u{FFFD}?\\001\n\u{FFFD}"])
    }

    @Test func matchesSprintsAndLeavesOutStatisticsOnWish() async throws {
        var dump = TestRepository.layout
        dump.revision("One", .add("trunk/a", "1\n"))
        let start = try #require(Timestamp(rfc3339: "2023-11-01T11:00:00Z")).local
        let sprint = "[{\"id\": 7, \"start_date\": \"\(start)\", \"end_date\": \"\(start)\"}]"
        let repository = try TestRepository(dump)
        var settings = SubversionSettings(name: "test", url: repository.url)
        settings.skipsStatistics = true
        let gathered = try await Gathered(settings, sprints: SprintCalendar(json: Array(sprint.utf8)))
        #expect(gathered.values("vcs_versions", "sprint_id") == [["0"], ["7"]])
        let members = ["insertions", "deletions", "number_of_files", "number_of_lines", "size", "branch"]
        #expect(gathered.rows("vcs_versions").allSatisfy { row in members.allSatisfy { row[$0] == nil } })
        #expect(gathered.rows("change_path").isEmpty)
    }

    @Test func readsLongHistoriesInOrderAndToTheEnd() async throws {
        var dump = TestRepository.layout
        dump.revision("File", .add("trunk/a", "0\n"))
        for number in 3...2300 { dump.revision("Change \(number)", .change("trunk/a", "\(number)\n")) }
        let memory = try Files.status("/dev/shm")?.kind == .directory ? "/dev/shm" : "/tmp"
        let repository = try TestRepository(dump, in: memory)
        let gathered = try await Gathered(repository)
        #expect(gathered.rows("vcs_versions").map { $0["version_id"] } == (1...2300).map(String.init))
        #expect(
            gathered.values("change_path", "version_id", "insertions", "deletions").dropFirst()
                == (3...2300).map { ["\($0)", "1", "1"] }[...])
        #expect(gathered.report.gaps.isEmpty)
    }

    @Test func aDamagedRevisionIsAGapAndTheRestIsRead() async throws {
        var dump = TestRepository.layout
        dump.revision("One", .add("trunk/a", "1\n"))
        dump.revision("Two", .add("trunk/b", "2\n"))
        dump.revision("Three", .add("trunk/c", "3\n"))
        let repository = try TestRepository(dump)
        // The content of `b`, which nothing but the difference of revision 3 needs.
        let file = "\(repository.path)/db/revs/0/3"
        var bytes = try Files.read(file)
        let content = try #require(bytes.firstRange(of: Array("2\n".utf8)))
        bytes[content.lowerBound] = UInt8(ascii: "X")
        try Files.write(bytes, to: file)
        let gathered = try await Gathered(repository)
        #expect(
            gathered.values("vcs_versions", "version_id", "number_of_files", "insertions") == [
                ["1", "0", "0"], ["2", "1", "1"], ["3", "0", "0"], ["4", "1", "1"],
            ])
        #expect(gathered.report.gaps == ["the changes of revision 3 could not be read"])
        #expect(gathered.cursor == "4")
    }

    /// Subversion walks back from the last revision, and cannot walk over these.
    @Test(arguments: [[5], [2, 7], [3, 4]]) func revisionsThatCannotBeListedAreGapsAndTheRestIsRead(
        damaged: [Int]
    ) async throws {
        var dump = TestRepository.layout
        dump.revision("Add", .add("trunk/a", "1\n"))
        for number in 3...9 { dump.revision("Change", .change("trunk/a", "\(number)\n")) }
        dump.revision("Tag", .copy("trunk", to: "tags/1", at: 9))
        let repository = try TestRepository.withWholeDirectories(dump)
        for number in damaged {
            try Files.write("nothing of the kind\n".utf8, to: "\(repository.path)/db/revs/0/\(number)")
        }
        let gathered = try await Gathered(repository)
        let readable = (1...9).filter { !damaged.contains($0) }.map { String($0) }
        #expect(gathered.rows("vcs_versions").map { $0["version_id"] } == readable)
        #expect(gathered.report.gaps.contains { $0.hasSuffix("could not be read") && $0.contains("\(damaged[0])") })
        #expect(gathered.cursor == "10")
        #expect(gathered.rows("tag").count == 1)
    }

    @Test func aRevisionWithoutItsPropertiesIsAGap() async throws {
        var dump = TestRepository.layout
        for number in 2...9 { dump.revision("Change", .add("trunk/\(number)", "1\n")) }
        let repository = try TestRepository(dump)
        try Files.remove("\(repository.path)/db/revprops/0/5")
        let gathered = try await Gathered(repository)
        #expect(gathered.rows("vcs_versions").map { $0["version_id"] } == ["1", "2", "3", "4", "6", "7", "8", "9"])
        #expect(gathered.report.gaps == ["revision 5 could not be read"])
    }

    @Test func aRepositoryThatWentBackIsToldAndNothingIsGathered() async throws {
        let gathered = try await Gathered(try TestRepository(TestRepository.layout), from: "7")
        #expect(gathered.rows("vcs_versions").isEmpty && gathered.cursor == nil)
        #expect(gathered.report.gaps.count == 1)
    }

    @Test(arguments: ["HEAD", "r", "-1", "1.0", ""])
    func refusesATrackerThatIsNoRevision(stored: String) async throws {
        let repository = try TestRepository(TestRepository.layout)
        await #expect(throws: (any Error).self) { try await Gathered(repository, from: stored) }
    }

    @Test(arguments: ["file:///nonexistent/repository", "svn://127.0.0.1:1/repository", "svn+ssh://127.0.0.1:1/x"])
    func aRepositoryThatCannotBeReachedFails(url: String) async throws {
        await #expect(throws: (any Error).self) { try await Gathered(SubversionSettings(name: "test", url: url)) }
    }

    @Test func nothingOfTheUsersConfigurationCounts() async throws {
        var dump = TestRepository.layout
        dump.revision("One", .add("trunk/a", "1\n"))
        let repository = try TestRepository(dump)
        let witness = "\(repository.parent)/witness"
        for hook in ["start-commit", "pre-commit", "post-commit", "pre-revprop-change", "pre-lock"] {
            try Files.write(
                "#!/bin/sh\ntouch \(witness)\n".utf8, to: "\(repository.path)/hooks/\(hook)", permissions: 0o755)
        }
        #expect(try await Gathered(repository).rows("change_path").count == 1)
        #expect(try Files.status(witness) == nil)
    }
}
