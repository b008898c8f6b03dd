import Cryptography
import Files
import Tables
import TestSupport
import Testing

@Suite struct TableWriterTests {
    private static let schema = TableSchema(name: "things", columns: [.text("a"), .personal("b")], key: ["a"])

    private func write(_ pieces: [[Row]], in directory: TemporaryDirectory) throws -> Table {
        let segments = try pieces.enumerated().map { index, rows in
            let segment = try TableSegment(Self.schema, path: "\(directory.path)/\(index)")
            for row in rows { try segment.append(row) }
            return try segment.finish()
        }
        return try TableWriter.write(Self.schema, segments: segments, in: directory.path)
    }

    @Test func joinsSegmentsInTheLayoutThatImportersReadLineByLine() throws {
        let directory = try TemporaryDirectory()
        let table = try write(
            [
                [Row(values: ["1", "x"], protection: .pseudonymised)], [],
                [
                    Row(values: ["2", nil], protection: .pseudonymised),
                    Row(values: [nil, nil], protection: .pseudonymised),
                ],
            ], in: directory)
        let text = """
            [
                {
                    "a": "1",
                    "b": "x",
                    "encrypted": "1"
                },
                {
                    "a": "2",
                    "encrypted": "1"
                },
                {
                    "encrypted": "1"
                }
            ]
            """
        let content = try Files.read("\(directory.path)/data_things.json")
        #expect(String(decoding: content, as: UTF8.self) == text)
        #expect(table.rows == 3)
        #expect(table.size == content.count)
        #expect(table.digest == SHA256.digest(of: content))
        #expect(table.isPseudonymised)
    }

    @Test func anEmptyTableIsTwoBrackets() throws {
        let directory = try TemporaryDirectory()
        #expect(try write([[], []], in: directory).rows == 0)
        #expect(try Files.read("\(directory.path)/data_things.json") == Array("[]".utf8))
    }

    @Test func oneRowInTheClearMarksTheTable() throws {
        let directory = try TemporaryDirectory()
        let table = try write(
            [[Row(values: ["1", "x"], protection: .pseudonymised)], [Row(values: ["2", "y"], protection: .none)]],
            in: directory)
        #expect(!table.isPseudonymised)
    }

    @Test(arguments: [
        ("plain / text", #""plain / text""#),
        ("quote \" back \\ slash", #""quote \" back \\ slash""#),
        ("\u{8}\u{9}\u{A}\u{C}\u{D}\u{0}\u{1F}\u{7F}", #""\b\t\n\f\r\u0000\u001f\u007f""#),
        ("\u{EB}\u{FFFD}\u{1F600}", #""\u00eb\ufffd\ud83d\ude00""#),
        ("\r\n", #""\r\n""#),
    ])
    func textIsASCII(text: String, json: String) {
        var output: [UInt8] = []
        JSONText.append(text, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == json)
    }
}
