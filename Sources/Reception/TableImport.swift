internal import Database
internal import PostgreSQL
internal import SQLite
import Tables

/// Brings the rows of one table's file into the store, each the way it is quickest.
struct TableImport {
    let table: ImportTable
    let converter: RowConverter

    /// Rows in one transaction of SQLite: enough to make waiting for the disk rare, few enough to let others write.
    private static let rowsTogether = 20_000
    /// Bytes sent to PostgreSQL at once.
    private static let bytesTogether = 256 << 10
    /// Bytes of a portion: what is sent twice when rows of it are there already.
    private static let portionBytes = 4 << 20

    /// - Returns: how many rows the file has.
    func run(_ path: String, into store: Store) throws -> Int {
        switch store.backend {
        case .file(let connection): try insert(path, connection)
        case .server(let server): try copy(path, server)
        }
    }

    /// In many transactions, as SQLite has one writer at a time; rows that come twice do no harm.
    private func insert(_ path: String, _ connection: Connection) throws -> Int {
        var reader = try TableReader(table.schema, path: path)
        var rows = 0
        var isAtEnd = false
        while !isAtEnd {
            try connection.transaction {
                let insertion = try connection.prepare(table.insertion)
                var together = 0
                while together < Self.rowsTogether {
                    guard let batch = try reader.next() else {
                        isAtEnd = true
                        break
                    }
                    for row in batch { try insertion.execute(stored: converter.values(of: row)) }
                    together += batch.count
                }
                rows += together
            }
        }
        return rows
    }

    /// By `COPY` where the rows belong, a portion at a time. From the first portion on that has a row whose key is there
    /// already, which `COPY` refuses, into a table of this transaction's own, and from there by a statement that can tell
    /// what becomes of such rows.
    private func copy(_ path: String, _ server: ServerConnection) throws -> Int {
        var source = Source(reader: try TableReader(table.schema, path: path), converter: converter)
        let target = "\"\(table.schema.name)\""
        while !source.isAtEnd {
            try server.run("SAVEPOINT portion")
            do {
                try send(&source, "COPY \(target) (\(table.names)) FROM STDIN", server)
            } catch let error as PostgreSQLError where error.code == .duplicate {
                try server.run("ROLLBACK TO SAVEPOINT portion")
                try copyAside(&source, target, server)
                break
            }
            try server.run("RELEASE SAVEPOINT portion")
            source.portion.removeAll(keepingCapacity: true)
        }
        return source.rows
    }

    /// The portion that was refused and all that come after it.
    private func copyAside(_ source: inout Source, _ target: String, _ server: ServerConnection) throws {
        let aside = "\"incoming_\(table.schema.name)\""
        try server.run(
            """
            CREATE TEMPORARY TABLE \(aside) (LIKE \(target)) ON COMMIT DROP;
            ALTER TABLE \(aside) ADD COLUMN incoming_number BIGINT GENERATED ALWAYS AS IDENTITY
            """)
        repeat {
            try send(&source, "COPY \(aside) (\(table.names)) FROM STDIN", server)
            source.portion.removeAll(keepingCapacity: true)
        } while !source.isAtEnd
        let rows =
            switch table.schema.repetition {
            case .ignored: "SELECT \(table.names) FROM \(aside)"
            // The last row of a key counts, and one statement may change a row once only.
            case .replaces:
                """
                SELECT DISTINCT ON (\(table.key)) \(table.names) FROM \(aside)
                ORDER BY \(table.key), incoming_number DESC
                """
            }
        try server.run("INSERT INTO \(target) (\(table.names)) \(rows) \(table.onConflict); DROP TABLE \(aside)")
    }

    /// The rows of a file, as `COPY` takes them.
    private struct Source: ~Copyable {
        var reader: TableReader
        let converter: RowConverter
        /// What was sent of the portion that is under way, to be sent again should it be refused.
        var portion: [UInt8] = []
        var rows = 0
        var isAtEnd = false

        /// Adds some rows to the portion.
        mutating func read() throws {
            guard let batch = try reader.next() else {
                isAtEnd = true
                return
            }
            for row in batch {
                for value in converter.values(of: row) {
                    TableImport.append(value, to: &portion)
                    portion.append(UInt8(ascii: "\t"))
                }
                // In place of the last tab.
                portion[portion.count - 1] = UInt8(ascii: "\n")
            }
            rows += batch.count
        }
    }

    /// Sends what the portion has already, then rows until it is full.
    private func send(_ source: inout Source, _ statement: String, _ server: ServerConnection) throws {
        try server.beginCopy(statement)
        var sent = 0
        do {
            while source.portion.count < Self.portionBytes, !source.isAtEnd {
                try source.read()
                guard source.portion.count - sent >= Self.bytesTogether else { continue }
                try server.send(source.portion[sent...])
                sent = source.portion.count
            }
            try server.send(source.portion[sent...])
        } catch {
            try server.finishCopy(failing: "the import was given up")
            throw error
        }
        try server.finishCopy()
    }

    /// One field in the text form of `COPY`.
    fileprivate static func append(_ value: StoredValue, to lines: inout [UInt8]) {
        switch value {
        case .null: lines += [UInt8(ascii: "\\"), UInt8(ascii: "N")]
        case .integer(let number): lines += String(number).utf8
        case .real(let number): lines += String(number).utf8
        case .text(let text):
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "\\"): lines += [byte, byte]
                case 0x09: lines += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
                case 0x0A: lines += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
                case 0x0D: lines += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
                // PostgreSQL keeps no NUL; the sign that stands for what cannot be shown takes its place.
                case 0: lines += [0xEF, 0xBF, 0xBD]
                default: lines.append(byte)
                }
            }
        case .blob: preconditionFailure("no column of a table holds bytes")
        }
    }
}
