import Files
import SQLite
import TestSupport
import Testing

@Suite struct ConnectionTests {
    private let directory: TemporaryDirectory
    private var path: String { "\(directory.path)/state.sqlite" }

    init() throws { directory = try TemporaryDirectory() }

    @Test func keepsWhatIsWrittenAfterTheConnectionIsGone() throws {
        do {
            let database = try Connection(path)
            try database.execute("CREATE TABLE source (name TEXT PRIMARY KEY, commits INTEGER)")
            try database.execute("INSERT INTO source VALUES (?, ?)", "website", 17)
        }
        let database = try Connection(path, .readOnly)
        #expect(try database.first("SELECT commits FROM source WHERE name = ?", "website") == 17)
    }

    @Test func makesItsFilesForTheOwnerOnly() throws {
        let database = try Connection(path)
        try database.execute("CREATE TABLE source (name TEXT)")
        let names = try Files.list(directory.path)
        #expect(names == ["state.sqlite", "state.sqlite-shm", "state.sqlite-wal"])
        for name in names { #expect(try Files.status("\(directory.path)/\(name)")?.permissions == 0o600) }
    }

    @Test(arguments: [
        ("journal_mode", StoredValue.text("wal")), ("synchronous", .integer(2)), ("foreign_keys", .integer(1)),
        ("busy_timeout", .integer(5000)),
    ])
    func opensWithSafeSettings(name: String, value: StoredValue) throws {
        #expect(try Connection(path).first("PRAGMA \(name)") == value)
    }

    @Test(arguments: [
        StoredValue.null, .integer(.min), .integer(.max), .real(-0.1), .text(""), .text("naïve 🙂\0end"), .blob([]),
        .blob([0, 255, 0]),
    ])
    func givesValuesBackAsTheyWere(value: StoredValue) throws {
        let found = try Connection(path).first("SELECT ?", value) { row -> StoredValue in try row[0] }
        #expect(found == value)
    }

    @Test func givesALargeValueBackAsItWas() throws {
        let text = String(repeating: "word ", count: 1_000_000)
        #expect(try Connection(path).first("SELECT ?", text) == text)
    }

    @Test func readsColumnsAsTypes() throws {
        let database = try Connection(path)
        let missing: String? = nil
        let statement = try database.prepare("SELECT ?, ?, ?, ?, ?, ?")
        try statement.bind("text", 7, 0.5, [UInt8](), true, missing)
        let row = try #require(try statement.step())
        #expect(row.count == 6)
        #expect(try row[0] == "text")
        #expect(try row[1] == 7)
        #expect(try row[2] == 0.5)
        #expect(try row[3] == [UInt8]())
        #expect(try row[4] == true)
        #expect(try row[5] == String?.none)
        #expect(throws: SQLiteError.self) { let _: Int = try row[0] }
        #expect(throws: SQLiteError.self) { let _: String = try row[5] }
        #expect(throws: SQLiteError.self) { let _: Int = try row[6] }
    }

    @Test func stepsThroughRowsAndStaysAtTheEnd() throws {
        let database = try Connection(path)
        let statement = try database.prepare(
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n")
        for limit in [3, 5] {
            try statement.bind(limit)
            var numbers: [Int] = []
            while let row = try statement.step() { numbers.append(try row[0]) }
            #expect(numbers == Array(1...limit))
            #expect(try statement.step() == nil)
        }
        #expect(statement.columns == ["i"])
        #expect(try database.all("SELECT 1 UNION SELECT 2") { row -> Int in try row[0] } == [1, 2])
        #expect(try database.first("SELECT 1 WHERE 0") as Int? == nil)
        #expect(try database.first("SELECT 4, 5") { row -> Int in try row[1] } == 5)
    }

    @Test func theSameTextMayBeInUseTwice() throws {
        let database = try Connection(path)
        var pairs: [[Int]] = []
        let text = "SELECT 1 UNION SELECT 2"
        try database.query(text) { outer in
            let left: Int = try outer[0]
            try database.query(text) { inner in pairs.append([left, try inner[0]]) }
        }
        #expect(pairs == [[1, 1], [1, 2], [2, 1], [2, 2]])
    }

    @Test func reportsChangesAndRowIds() throws {
        let database = try Connection(path)
        try database.executeScript("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT); -- nothing after this\n")
        let insert = try database.prepare("INSERT INTO item (name) VALUES (?)")
        for name in ["a", "b", "c"] { try insert.execute(name) }
        #expect(database.lastInsertedRow == 3)
        try database.execute("UPDATE item SET name = ? WHERE id > ?", nil, 1)
        #expect(database.changes == 2)
    }

    @Test func anActorOwnsItsConnection() async throws {
        actor Ledger {
            private let database: Connection
            init(_ path: String) throws {
                database = try Connection(path)
                try database.migrate(["CREATE TABLE entry (value INTEGER NOT NULL)"])
            }
            func add(_ value: Int) throws -> Int {
                try database.transaction {
                    try database.execute("INSERT INTO entry VALUES (?)", value)
                    return try database.first("SELECT sum(value) FROM entry") ?? 0
                }
            }
        }
        let ledger = try Ledger(path)
        #expect(try await ledger.add(2) == 2)
        #expect(try await ledger.add(3) == 5)
    }
}
