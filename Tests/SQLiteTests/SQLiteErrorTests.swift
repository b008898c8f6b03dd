import Files
import SQLite
import TestSupport
import Testing

@Suite struct SQLiteErrorTests {
    private let directory: TemporaryDirectory
    private var path: String { "\(directory.path)/state.sqlite" }

    init() throws { directory = try TemporaryDirectory() }

    private func code(_ body: () throws -> Void) throws -> SQLiteError.Code {
        try #require(throws: SQLiteError.self, performing: body).code
    }

    @Test func tellsAnotherFileFromADatabase() throws {
        try Files.write(Array(String(repeating: "no database ", count: 200).utf8), to: path)
        #expect(try code { _ = try Connection(path) } == .notADatabase)
        #expect(try code { _ = try Connection(path, .readOnly) } == .notADatabase)
    }

    @Test func tellsADamagedDatabase() throws {
        do {
            let database = try Connection(path)
            try database.execute("CREATE TABLE item (name TEXT)")
            try database.transaction {
                for number in 0..<2000 { try database.execute("INSERT INTO item VALUES (?)", "item \(number)") }
            }
        }
        var content = try Files.read(path)
        for offset in 4096..<content.count { content[offset] = 0xA5 }
        try Files.write(content, to: path)
        let database = try Connection(path)
        #expect(try code { try database.query("SELECT name FROM item") { _ in } } == .corrupt)
    }

    @Test func tellsALockedDatabase() throws {
        let first = try Connection(path)
        let second = try Connection(path, busyTimeout: .zero)
        try first.transaction {
            let failure = try #require(throws: SQLiteError.self) { try second.transaction {} }
            #expect(failure.code == .locked)
            #expect(!failure.isPermanent)
        }
        try second.transaction {}
    }

    @Test func tellsAFullDiskAndUndoesTheTransaction() throws {
        let database = try Connection(path)
        try database.execute("CREATE TABLE item (content BLOB)")
        try database.execute("PRAGMA max_page_count = 20")
        #expect(
            try code {
                try database.transaction {
                    for _ in 0..<50 {
                        try database.execute("INSERT INTO item VALUES (?)", [UInt8](repeating: 1, count: 4096))
                    }
                }
            } == .diskFull)
        #expect(try database.first("SELECT count(*) FROM item") == 0)
    }

    @Test func tellsAMissingDirectoryAndAMissingFile() throws {
        #expect(try code { _ = try Connection("\(directory.path)/missing/state.sqlite") } == .cannotOpen)
        #expect(try code { _ = try Connection(path, .readOnly) } == .cannotOpen)
        #expect(try Files.status(path) == nil)
    }

    @Test func tellsBrokenRulesApart() throws {
        let database = try Connection(path)
        try database.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL)")
        try database.execute("CREATE TABLE part (item INTEGER REFERENCES item(id))")
        try database.execute("INSERT INTO item VALUES (1, 'a')")
        #expect(try code { try database.execute("INSERT INTO item VALUES (1, 'b')") } == .duplicate)
        #expect(try code { try database.execute("INSERT INTO item VALUES (2, 'a')") } == .duplicate)
        #expect(try code { try database.execute("INSERT INTO item VALUES (2, NULL)") } == .constraint)
        #expect(try code { try database.execute("INSERT INTO part VALUES (2)") } == .constraint)
        let reader = try Connection(path, .readOnly)
        #expect(try code { try reader.execute("DELETE FROM item") } == .readOnly)
    }

    @Test(arguments: [
        "", "-- only a comment", "SELECT 1; SELECT 2", "SELECT missing", "SELECT \"missing\"", "SELECT ?",
    ])
    func refusesWhatIsNotOneStatementWithItsValues(text: String) throws {
        let database = try Connection(path)
        #expect(try code { try database.execute(text) } == .invalidStatement)
        #expect(try code { try database.execute("SELECT 1", 1) } == .invalidStatement)
    }

    @Test func namesNoValue() throws {
        let database = try Connection(path)
        try database.execute("CREATE TABLE person (name TEXT PRIMARY KEY)")
        try database.execute("INSERT INTO person VALUES (?)", "hidden")
        let failure = try #require(throws: SQLiteError.self) {
            try database.execute("INSERT INTO person\n VALUES (?)", "hidden")
        }
        #expect(
            failure.description
                == "database \(path): UNIQUE constraint failed: person.name in \"INSERT INTO person VALUES (?)\"")
    }
}
