import Testing
import XML

@testable import Subversion

/// What `svn` writes can be cut off, mixed up or made up; whatever comes, the readers end with an answer or an error.
@Suite struct DamagedOutputTests {
    private static let log = """
        <?xml version="1.0" encoding="UTF-8"?>
        <log>
        <logentry
           revision="2">
        <author>ann</author>
        <date>2023-11-02T10:00:00.123456Z</date>
        <msg>Gr\u{FC}\u{DF}e &amp; &#13; \u{1F600}
        second</msg>
        </logentry>
        <logentry revision="5"><msg></msg></logentry>
        </log>

        """
    private static let difference = """
        Index: d/a.txt
        ===================================================================
        --- d/a.txt\t(revision 1)
        +++ d/a.txt\t(nonexistent)
        @@ -1,3 +1,4 @@
         one
        -two
        +three
        +four
         five
        \\ No newline at end of file

        Property changes on: d/a.txt
        ___________________________________________________________________
        Added: p
        ## -0,0 +1,2 ##
        +a
        +b
        Index: logo.bin
        ===================================================================
        Cannot display: file marked as a binary type.
        svn:mime-type = application/octet-stream

        """
    private static let dashes = String(repeating: "-", count: 72)
    private static let differences =
        "\(dashes)\nr2 | ann | 2023\n\n\(difference)\n\(dashes)\nr5 | bob | 2023\n\n\(difference)\n\(dashes)\n"

    @Test func theSamplesAreWhole() throws {
        #expect(try Self.revisions(Array(Self.log.utf8)) == [2, 5])
        #expect(try Self.difference(Array(Self.difference.utf8)) == 2)
        #expect(try Self.logged(Array(Self.differences.utf8)) == 4)
    }

    @Test func tenThousandDamagedOutputsOfEachKindEndInAnAnswerOrAnError() {
        var damage = Damage(seed: 2_023_1102)
        var answers = 0
        for _ in 0..<10_000 {
            for (text, read) in [
                (Self.log, Self.revisionCount), (Self.difference, Self.difference), (Self.differences, Self.logged),
            ]
                as [(String, ([UInt8]) throws -> Int)]
            {
                do {
                    _ = try read(damage.applied(to: Array(text.utf8)))
                    answers += 1
                } catch is SubversionError {
                } catch is XMLError {
                } catch {
                    Issue.record("an error of another kind: \(error)")
                }
            }
        }
        // Neither is everything refused nor is everything taken.
        #expect((1000..<29_000).contains(answers))
    }

    private static func revisionCount(_ bytes: [UInt8]) throws -> Int { try revisions(bytes).count }

    private static func revisions(_ bytes: [UInt8]) throws -> [Int] {
        let reader = try XMLReader("svn log", encoding: .repairedUTF8, read: Bytes(bytes).read)
        var entries = XMLFieldsReader("logentry", in: reader)
        var revisions: [Int] = []
        while let entry = try entries.next() { revisions.append(try Revision(entry).number) }
        return revisions
    }

    private static func difference(_ bytes: [UInt8]) throws -> Int {
        var reader = LineReader(bufferSize: 64, Bytes(bytes).read)
        var parser = DifferenceParser()
        while let line = try reader.next() { try parser.take(line) }
        return try parser.finish().files.count
    }

    private static func logged(_ bytes: [UInt8]) throws -> Int {
        var parser = DifferenceLogParser(LineReader(bufferSize: 64, Bytes(bytes).read))
        return try parser.difference(of: 2, before: 5).files.count + parser.difference(of: 5, before: nil).files.count
    }
}

/// Damages bytes at random, the same way each time.
private struct Damage {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    private mutating func number(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }

    /// One to four faults: bytes changed, cut out, repeated, put elsewhere, or the end missing.
    mutating func applied(to bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...number(below: 4) where !bytes.isEmpty {
            let start = number(below: bytes.count)
            let range = start..<min(bytes.count, start + 1 + number(below: 40))
            switch number(below: 6) {
            case 0: bytes[start] = UInt8(number(below: 256))
            case 1: bytes[start] ^= 1 << UInt8(number(below: 8))
            case 2: bytes.removeSubrange(range)
            case 3: bytes.insert(contentsOf: bytes[range], at: number(below: bytes.count))
            case 4: bytes.insert(contentsOf: Array("\u{0}<&]]>\r\n-+ @#".utf8), at: start)
            default: bytes.removeSubrange(start...)
            }
        }
        return bytes
    }
}
