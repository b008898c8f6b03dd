import SQLite
import TestSupport
import Testing

@Suite struct TransactionTests {
    private struct Stop: Error, Equatable {}
    private let directory: TemporaryDirectory
    private let database: Connection

    init() throws {
        directory = try TemporaryDirectory()
        database = try Connection("\(directory.path)/state.sqlite")
        try database.execute("CREATE TABLE item (id INTEGER PRIMARY KEY)")
    }

    private func items() throws -> [Int] { try database.all("SELECT id FROM item ORDER BY id") { try $0[0] } }

    @Test func undoesEverythingWhenTheClosureThrows() throws {
        #expect(throws: Stop()) {
            try database.transaction {
                try database.execute("INSERT INTO item VALUES (1)")
                throw Stop()
            }
        }
        #expect(try items() == [])
        try database.transaction { try database.execute("INSERT INTO item VALUES (2)") }
        #expect(try items() == [2])
    }

    @Test func aTransactionInsideAnotherFailsAlone() throws {
        try database.transaction {
            try database.execute("INSERT INTO item VALUES (1)")
            #expect(throws: Stop()) {
                try database.transaction {
                    try database.execute("INSERT INTO item VALUES (2)")
                    throw Stop()
                }
            }
            try database.transaction { try database.execute("INSERT INTO item VALUES (3)") }
        }
        #expect(try items() == [1, 3])
    }

    @Test func undoesAllWhenARuleOfTheSchemaIsBrokenAtTheEnd() throws {
        try database.execute(
            "CREATE TABLE part (item INTEGER REFERENCES item(id) DEFERRABLE INITIALLY DEFERRED)")
        let failure = try #require(throws: SQLiteError.self) {
            try database.transaction { try database.execute("INSERT INTO part VALUES (9)") }
        }
        #expect(failure.code == .constraint)
        #expect(try database.first("SELECT count(*) FROM part") == 0)
        try database.transaction { try database.execute("INSERT INTO item VALUES (1)") }
        #expect(try items() == [1])
    }

    @Test func anUnfinishedReadDoesNotHinderTheEnd() throws {
        try database.execute("INSERT INTO item VALUES (1), (2)")
        let statement = try database.prepare("SELECT id FROM item")
        _ = try statement.step()
        try database.transaction { try database.execute("INSERT INTO item VALUES (3)") }
        #expect(throws: Stop()) {
            try database.transaction {
                try database.execute("INSERT INTO item VALUES (4)")
                throw Stop()
            }
        }
        #expect(try items() == [1, 2, 3])
    }
}
