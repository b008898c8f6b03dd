import Files
import Testing

/// Whatever the manual says is tried by a test is tried by one.
@Suite struct SecurityPageTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

    @Test func everyTestThatThePageNamesIsThere() throws {
        let page = String(decoding: try Files.read("\(Self.root)/Documentation/security.md"), as: UTF8.self)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| S") }
        let named = rows.flatMap { row in
            // The last cell; what stands between backticks.
            row.split(separator: "|").last.map { $0.split(separator: "`").enumerated().filter { $0.offset % 2 == 1 } }
                ?? []
        }.map(\.element)
        #expect(rows.count > 25 && named.count > 30)
        let functions = try swiftFiles(below: "\(Self.root)/Tests").reduce(into: Set<Substring>()) { names, path in
            let text = String(decoding: try Files.read(path), as: UTF8.self)
            for part in text.split(separator: "func ").dropFirst() {
                names.insert(part.prefix { $0 != "(" && $0 != "<" })
            }
        }
        for name in named where name.contains("/") {
            #expect(try Files.status("\(Self.root)/\(name)") != nil, "\(name)")
        }
        for name in named where !name.contains("/") { #expect(functions.contains(name), "\(name)") }
    }

    private func swiftFiles(below directory: String) throws -> [String] {
        try Files.list(directory).flatMap { name in
            let path = "\(directory)/\(name)"
            if try Files.status(path)?.kind == .directory { return try swiftFiles(below: path) }
            return name.hasSuffix(".swift") ? [path] : []
        }
    }
}
