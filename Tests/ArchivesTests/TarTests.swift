import Archives
import TestSupport
import Testing

@Suite struct TarTests {
    @Test func givesBackWhatWasWritten() throws {
        let files = [Sample("manifest.json", "{}"), Sample("empty", ""), Sample("tables/large.json", size: 3_000_000)]
        #expect(try unpack(pack(files)) == files)
    }

    @Test func anArchiveMayBeEmpty() throws {
        #expect(try unpack(pack([])) == [])
    }

    @Test func theSameFilesGiveTheSameBytes() throws {
        let files = [Sample("a", "content"), Sample("b", size: 500_000)]
        #expect(try pack(files) == pack(files))
    }

    @Test func readsWhateverTheSizeOfItsPieces() throws {
        let files = [Sample("a", "content"), Sample("b", size: 10_000)]
        let archive = try pack(files)
        for size in [1, 7, 1000, archive.count] { #expect(try unpack(archive, pieces: size) == files) }
    }

    @Test func skipsContentThatIsNotAskedFor() throws {
        var reader = try TarReader(
            limits: generous, input: pieces(of: pack([Sample("a", size: 700_000), Sample("b", "end")])))
        #expect(try reader.next()?.size == 700_000)
        let second = try reader.next()
        #expect(second?.name == "b")
        #expect(second?.size == 3)
        #expect(try reader.read() == Array("end".utf8))
        #expect(try reader.next() == nil)
    }

    @Test func handsItsOutputOutInPieces() throws {
        var sizes: [Int] = []
        var writer = try TarWriter(.init(modified: 0)) { sizes.append($0.count) }
        try writer.add("noise", Sample.noise(2_000_000))
        try writer.finish()
        #expect(sizes.dropLast().allSatisfy { $0 == TarWriter.blockSize })
        #expect(sizes.count == 8)
    }

    @Test func anErrorOfTheOutputEndsTheArchive() throws {
        var calls = 0
        var writer = try TarWriter(.init(modified: 0)) { _ in
            calls += 1
            throw Stop()
        }
        #expect(throws: Stop()) { try writer.add("noise", Sample.noise(2_000_000)) }
        do {
            try writer.finish()
            Issue.record("an archive whose output failed was finished")
        } catch is Stop {}
        #expect(calls == 1)
    }

    @Test func anAbandonedArchiveWritesNothingMore() throws {
        var calls = 0
        do {
            var writer = try TarWriter(.init(modified: 0)) { _ in calls += 1 }
            try writer.add("small", [1, 2, 3])
        }
        #expect(calls == 0)
    }

    @Test func anErrorOfTheInputComesThrough() throws {
        let archive = try pack([Sample("noise", size: 0)]) + Sample.noise(10)
        var position = 0
        #expect(throws: Stop()) {
            var reader = try TarReader(limits: generous) {
                guard position < 4 else { throw Stop() }
                position += 1
                return [archive[position - 1]]
            }
            while try reader.next() != nil {}
        }
    }

    @Test(arguments: [9, 11, 0])
    func refusesContentOfAnotherSizeThanAnnounced(size: Int) throws {
        var parts = [[UInt8](repeating: 7, count: 10)]
        var writer = try TarWriter(.init(modified: 0)) { _ in }
        let failure = try #require(throws: ArchiveError.self) {
            try writer.add("file", size: size) { parts.popLast() ?? [] }
        }
        #expect(failure.code == .sizeMismatch)
    }

    @Test(arguments: [
        "", "/etc/passwd", "..", "../up", "a/../../up", "./a", "a//b", "a/", "a b", "a\\b", "a\nb", "ä",
        String(repeating: "a", count: 101),
    ])
    func writesNoNameThatTheReaderRefuses(name: String) throws {
        var writer = try TarWriter(.init(modified: 0)) { _ in }
        let failure = try #require(throws: ArchiveError.self) { try writer.add(name, [1]) }
        #expect(failure.code == .nameNotAllowed)
        #expect(failure.entry == nil)
    }

    @Test func writesNoNameTwice() throws {
        var writer = try TarWriter(.init(modified: 0)) { _ in }
        try writer.add("a", [])
        #expect(throws: ArchiveError.self) { try writer.add("a", []) }
    }
}
