import Files
import Tables
import TestSupport
import Testing

@Suite struct TableReaderTests {
    private static let schema = TableSchema(
        name: "things", columns: [.text("a"), .integer("n"), .personal("p")], key: ["a"])

    private func rows(_ json: String) throws -> [[String?]] {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/data.json"
        try Files.write(json.utf8, to: path)
        var reader = try TableReader(Self.schema, path: path)
        var rows: [[String?]] = []
        while let batch = try reader.next() { rows += batch.map { $0.values + [$0.encrypted] } }
        return rows
    }

    @Test func readsAnyLayoutAndOrder() throws {
        let json =
            "[{\"n\":12,\"a\":\"x } ] \\\" \\\\\"} ,\n\n {\"a\": null, \"more\": [{}], \"encrypted\": \"1\", \"p\": true}\n]\n"
        #expect(try rows(json) == [["x } ] \" \\", "12", nil, nil], [nil, nil, "1", "1"]])
    }

    @Test func readsWhatTheWriterWrote() throws {
        let directory = try TemporaryDirectory()
        let segment = try TableSegment(Self.schema, path: "\(directory.path)/s")
        let values = (0..<5000).map { number -> [String?] in ["text \(number) \u{E9}\n\"", String(number), "p"] }
        for row in values { try segment.append(Row(values: row, protection: .pseudonymised)) }
        let table = try TableWriter.write(Self.schema, segments: [try segment.finish()], in: directory.path)
        var reader = try TableReader(Self.schema, path: table.path)
        var read: [[String?]] = []
        while let batch = try reader.next() { read += batch.map(\.values) }
        #expect(read == values)
    }

    @Test(arguments: ["[]", " [ ]\n"]) func anEmptyArrayHasNoRows(json: String) throws {
        #expect(try rows(json).isEmpty)
    }

    @Test(arguments: ["", "[", "{}", "[1]", "[{}", "[{}] x", "[{}]]", "[\"a\"]"])
    func refusesWhatIsNoArrayOfObjects(json: String) {
        let error = #expect(throws: TableError.self) { try rows(json) }
        #expect(error?.code == .notAnArray)
    }

    @Test(arguments: ["[{\"a\": {}}]", "[{a}]", "[{\"a\": [1]}]", "[{\"a\" \"b\"}]"])
    func refusesRowsThatAreNotFlat(json: String) {
        let error = #expect(throws: TableError.self) { try rows(json) }
        #expect(error?.code == .malformedRow)
    }
}
