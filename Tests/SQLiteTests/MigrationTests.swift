import SQLite
import TestSupport
import Testing

@Suite struct MigrationTests {
    private let directory: TemporaryDirectory
    private let database: Connection

    init() throws {
        directory = try TemporaryDirectory()
        database = try Connection("\(directory.path)/state.sqlite")
    }

    @Test func runsOnlyWhatIsNew() throws {
        let first = "CREATE TABLE a (x); INSERT INTO a VALUES (1);"
        try database.migrate([first])
        try database.migrate([first, "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1"])
        try database.migrate([first, "this one has been and is not read again"])
        #expect(try database.schemaVersion == 2)
        #expect(try database.first("SELECT y FROM a") == 2)
    }

    @Test func keepsTheOldSchemaWhenAScriptFails() throws {
        let failure = try #require(throws: SQLiteError.self) {
            try database.migrate(["CREATE TABLE a (x)", "CREATE TABLE b (x); INSERT INTO missing VALUES (1)"])
        }
        #expect(failure.code == .invalidStatement)
        #expect(try database.schemaVersion == 0)
        #expect(try database.first("SELECT count(*) FROM sqlite_schema") == 0)
    }

    @Test func refusesADatabaseOfANewerProgram() throws {
        try database.migrate(["CREATE TABLE a (x)", "CREATE TABLE b (x)"])
        let failure = try #require(throws: SQLiteError.self) { try database.migrate(["CREATE TABLE a (x)"]) }
        #expect(failure.code == .newerSchema)
        #expect(failure.isPermanent)
        #expect(failure.description == "database \(database.path): expected schema version 1 or older, found 2")
    }
}
