import Testing

@testable import XML

@Suite struct TextRepairTests {
    @Test(
        arguments: [
            ([0x61, 0xC3, 0xBC, 0xF0, 0x9F, 0x98, 0x80, 0x7A], "a\u{FC}\u{1F600}z"),
            ([0xFF, 0xFE, 0x61], "\u{FFFD}\u{FFFD}a"),
            ([0x4A, 0xF6, 0x72, 0x67], "J\u{FFFD}rg"),
            ([0x61, 0xC3], "a\u{FFFD}"),
            ([0xE2, 0x82], "\u{FFFD}"),
            ([0xEF, 0xBF, 0xBE, 0xEF, 0xBF, 0xBF], "\u{FFFD}\u{FFFD}"),
            ([0x80, 0x80, 0x80, 0x80, 0x61], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}a"),
        ] as [([UInt8], String)], [1, 2, 3, 100])
    func replacesWhatIsNoCharacterHoweverTheBytesCome(sample: ([UInt8], String), piece: Int) {
        var repair = TextRepair()
        var output: [UInt8] = []
        for start in stride(from: 0, to: sample.0.count, by: piece) {
            output += repair.repair(sample.0[start..<min(start + piece, sample.0.count)], isLast: false)
        }
        output += repair.repair([], isLast: true)
        #expect(String(decoding: output, as: UTF8.self) == sample.1)
        #expect(output.elementsEqual(sample.1.utf8))
    }

    @Test func aReaderMayRepairWhatItReads() throws {
        var rest = Array("<?xml version='1.0' encoding='UTF-8'?><a>J".utf8) + [0xF6] + Array("rg</a>".utf8)
        let reader = try XMLReader("test", encoding: .repairedUTF8) { buffer in
            defer { rest = [] }
            buffer.replaceSubrange(..<rest.count, with: rest)
            return rest.count
        }
        var fields = XMLFieldsReader("a", in: reader)
        #expect(try fields.next() == XMLFields())
        #expect(try fields.next() == nil)
    }

    @Test func fieldsOfAnElementAreToldTogether() throws {
        let text =
            "<list x='0'><entry kind='dir'><name>v1</name><commit revision='7'><author>a</author></commit></entry>"
            + "<other/><entry kind='file'/></list>"
        var rest = Array(text.utf8)
        let reader = try XMLReader("test", encoding: .repairedUTF8) { buffer in
            defer { rest = [] }
            buffer.replaceSubrange(..<rest.count, with: rest)
            return rest.count
        }
        var entries = XMLFieldsReader("entry", in: reader)
        let first = try #require(try entries.next())
        #expect(first.attributes == ["kind": "dir", "commit/revision": "7"])
        #expect(first.texts == ["name": "v1", "author": "a", "commit": ""])
        #expect(try entries.next() == XMLFields(attributes: ["kind": "file"]))
        #expect(try entries.next() == nil)
    }
}
