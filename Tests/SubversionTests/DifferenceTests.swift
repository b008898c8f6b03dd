import Blocking
import Files
import Processes
import TestSupport
import Testing

@testable import Subversion

@Suite struct DifferenceTests {
    /// Content that looks like what stands around it, line ends of all kinds, properties, and files without content.
    private static var odd: RepositoryDump {
        let dashes = String(repeating: "-", count: 72)
        let confusing =
            "\(dashes)\nr4 | ann | x\n\nIndex: other\n--- a\t(nonexistent)\n+++ b\t(nonexistent)\n@@ -1 +1 @@\n"
        var dump = TestRepository.layout
        dump.revision(
            "\(dashes)\nr3 | x\nIndex: x", .add("trunk/returns", "a\rb\rc\r"), .add("trunk/both", "a\r\nb\r\nc"),
            .add("trunk/mixed", "a\r\r\nb\n\rc"), .add("trunk/empty", ""),
            .add("trunk/empty with property", "", ["p": "v"]),
            .add("trunk/confusing", confusing), .directory("trunk/d", ["svn:ignore": confusing]),
            .add("trunk/binary", "\u{0}", ["svn:mime-type": "application/octet-stream"]))
        dump.revision(
            "Change", .change("trunk/returns", "a\rB\rc\r"), .change("trunk/both", "a\r\nB\r\nc\r\n", ["p": confusing]),
            .change("trunk/mixed", "a\r\n\rb\nc\n\n"), .change("trunk/confusing", confusing + confusing),
            .change("trunk/empty with property", "", ["p": "v2", "q": "a\rb\r\nc"]),
            .change("trunk/binary", "\u{1}", ["svn:mime-type": "application/octet-stream", "q": "1"]))
        dump.revision(
            "Merged", .setProperties("trunk", ["svn:mergeinfo": "/branches/a:1-2\n/branches/b:2\n"]),
            .add("trunk/really (deleted)", "1\n"))
        dump.revision("Merged again", .setProperties("trunk", ["svn:mergeinfo": "/branches/a:1\n", "x": "-\n+\n##\n"]))
        dump.revision(
            "Delete", .delete("trunk/returns"), .delete("trunk/d"), .delete("trunk/binary"),
            .delete("trunk/empty"), .change("trunk/mixed", ""))
        dump.revision(
            "Replace", .delete("trunk/both"), .add("trunk/both", "new\n"), .delete("trunk/confusing"),
            .directory("trunk/confusing"))
        dump.revision("Copy", .copy("trunk", to: "trunk/copy", at: 3))
        dump.revision("Delete the copy", .delete("trunk/copy"))
        return dump
    }

    @Test func theLogTellsTheSameAsEachDifference() throws {
        let repository = try TestRepository(Self.odd)
        let storage = try TemporaryDirectory()
        let svn = try SubversionProgram(
            SubversionSettings(name: "test", url: repository.url), storage: storage.path)
        let target = svn.address.target("trunk", at: 9)
        let revisions = Array(1...9)
        var stream = DifferenceStream(svn, target, revisions[...], Cancellation())
        var logged = 0
        for place in revisions.indices {
            let exact = try stream.exact(revisions[place])
            if let difference = try stream.logged(at: place), !difference.omitsDeletedContent {
                #expect(difference == exact, "revision \(revisions[place])")
                logged += 1
            }
        }
        #expect(logged == 5)
    }

    @Test(arguments: [1, 2, 3, 5, 1000])
    func linesEndInThreeWays(bufferSize: Int) throws {
        var reader = Self.reader("a\nb\r\nc\rd\r\r\n\n\re", bufferSize: bufferSize)
        var lines: [String] = []
        while let line = try reader.next() { lines.append(String(decoding: line.bytes, as: UTF8.self)) }
        #expect(lines == ["a", "b", "c", "d", "", "", "", "e"])
    }

    @Test func ofALongLineOnlyTheStartIsKept() throws {
        var pieces = 100
        var reader = LineReader { buffer in
            pieces -= 1
            if pieces < 0 { return 0 }
            for index in buffer.indices { buffer[index] = UInt8(ascii: "+") }
            return buffer.count
        }
        let line = try #require(try reader.next())
        #expect(line.length == 100 * 128 << 10)
        #expect(line.bytes.count == LineReader.limit && !line.isWhole)
        #expect(try reader.next() == nil)
    }

    @Test func countsALineThatDoesNotFitIntoMemoryByItsLength() throws {
        let long = String(repeating: "x", count: 300_000)
        let text = "Index: a\n===\n--- a\t(nonexistent)\n+++ a\t(revision 2)\n@@ -0,0 +1,2 @@\n+\(long)\n+1\n"
        let difference = try Self.parse(text, bufferSize: 4096)
        #expect(difference.size == 300_001)
        #expect(difference.files == [ChangedFile(path: Array("a".utf8), kind: .added, insertions: 2)])
    }

    @Test(
        arguments: [
            "text before", "Index: a\n@@ -1 +1\n", "Index: a\n@@ -x +1 @@\n-a\n+b\n", "Index: a\n@@ -1 +1 @@\n-a\n",
            "Index: a\n@@ -1 +1 @@\n-a\n-b\n+c\n", "Index: a\n@@ -1 +1 @@\nplain\n",
            "Index: a\n@@ -0,0 +1 @@\n+a\nmore\n", "Index: a\n@@ -1,99999999999999999999 +1 @@\n",
        ])
    func refusesWhatIsNoDifference(text: String) {
        let error = #expect(throws: SubversionError.self) { try Self.parse(text) }
        #expect(error?.code == .unexpectedOutput)
    }

    @Test func theLogOfDifferencesEndsOnlyWhereItShould() throws {
        let dashes = String(repeating: "-", count: 72)
        let entry = "\(dashes)\nr5 | a | b\n\nIndex: a\n===\n@@ -0,0 +1 @@\n+1\n\n"
        func parser(_ text: String) -> DifferenceLogParser { DifferenceLogParser(Self.reader(text)) }
        var whole = parser(entry + "\(dashes)\nr7 | a | b\n\n\n\(dashes)\n")
        #expect(try whole.difference(of: 5, before: 7).insertions == 1)
        #expect(try whole.difference(of: 7, before: nil) == Difference())
        // Cut off, another revision first, and one that is missing.
        for (text, revision, following) in [
            (entry, 5, nil), (entry + "\(dashes)\n", 4, nil), (entry + "\(dashes)\n", 5, 7),
        ]
            as [(String, Int, Int?)]
        {
            var parser = parser(text)
            #expect(throws: SubversionError.self) { try parser.difference(of: revision, before: following) }
        }
    }

    static func parse(_ text: String, bufferSize: Int = 1000) throws -> Difference {
        var reader = reader(text, bufferSize: bufferSize)
        var parser = DifferenceParser()
        while let line = try reader.next() { try parser.take(line) }
        return try parser.finish()
    }

    private static func reader(_ text: String, bufferSize: Int = 1000) -> LineReader {
        LineReader(bufferSize: bufferSize, Bytes(Array(text.utf8)).read)
    }
}

/// Bytes that are read piece by piece.
final class Bytes {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    func read(into buffer: inout [UInt8]) -> Int {
        let next = rest.prefix(buffer.count)
        buffer.replaceSubrange(..<next.count, with: next)
        rest = rest.dropFirst(next.count)
        return next.count
    }
}
