import Files
import Tables
import TestSupport
import Testing

@Suite struct FreeTextTests {
    private static let table = TableSchema(
        name: "texts", columns: [.text("id"), .free("message"), .text("kept")], key: ["id"])

    private func write(_ rows: [[String?]], filter: ((String) -> String?)?) throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        let segment = try TableSegment(Self.table, path: "\(directory.path)/segment")
        for row in rows { try segment.append(Row(values: row, protection: .unneeded)) }
        let written = try TableWriter.write(
            Self.table, segments: [try segment.finish()], in: directory.path, filter: filter)
        #expect(written.rows == rows.count)
        return try Files.read(written.path)
    }

    /// More than is read at once, with what JSON escapes.
    @Test func changesFreeTextOnlyAndAllOfIt() throws {
        let odd = "a \"quote\", a \\, a tab\t, two\nlines, é, 😀, \u{0}"
        let rows = (0..<3000).map { number in ["\(number)", "\(odd) bob \(number)", "bob"] }
        let plain = try write(rows, filter: nil)
        #expect(try write(rows) { _ in nil } == plain)
        let changed = try write(rows) { text in
            #expect(text.hasPrefix(odd))
            return text.split(separator: "bob").joined(separator: "ann")
        }
        #expect(try changed == write(rows.map { [$0[0], "\(odd) ann \($0[0])", "bob"] }, filter: nil))
    }

    @Test func leavesRowsWithoutTextAlone() throws {
        let rows: [[String?]] = [["1", nil, nil], ["2", "", "x"]]
        #expect(try write(rows) { $0.isEmpty ? nil : "changed" } == write(rows, filter: nil))
    }
}
