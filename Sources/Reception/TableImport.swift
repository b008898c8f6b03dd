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

    /// By `COPY` into a table of this transaction's own, from which rows go where they belong.
    private func copy(_ path: String, _ server: ServerConnection) throws -> Int {
        let staging = "\"incoming_\(table.schema.name)\""
        let target = "\"\(table.schema.name)\""
        try server.run(
            """
            CREATE TEMPORARY TABLE \(staging) (LIKE \(target)) ON COMMIT DROP;
            ALTER TABLE \(staging) ADD COLUMN incoming_number BIGINT
            """)
        let rows = try send(path, "COPY \(staging) (\(table.names), incoming_number) FROM STDIN", server)
        let source =
            switch table.schema.repetition {
            case .ignored: "SELECT \(table.names) FROM \(staging)"
            // The last row of a key counts, and one statement may change a row once only.
            case .replaces:
                """
                SELECT DISTINCT ON (\(table.key)) \(table.names) FROM \(staging)
                ORDER BY \(table.key), incoming_number DESC
                """
            }
        try server.run("INSERT INTO \(target) (\(table.names)) \(source) \(table.onConflict); DROP TABLE \(staging)")
        return rows
    }

    private func send(_ path: String, _ statement: String, _ server: ServerConnection) throws -> Int {
        var reader = try TableReader(table.schema, path: path)
        var rows = 0
        var lines: [UInt8] = []
        try server.beginCopy(statement)
        do {
            while let batch = try reader.next() {
                for row in batch {
                    for value in converter.values(of: row) {
                        Self.append(value, to: &lines)
                        lines.append(UInt8(ascii: "\t"))
                    }
                    rows += 1
                    lines += String(rows).utf8
                    lines.append(UInt8(ascii: "\n"))
                }
                guard lines.count >= Self.bytesTogether else { continue }
                try server.send(lines)
                lines.removeAll(keepingCapacity: true)
            }
            try server.send(lines)
        } catch {
            try server.finishCopy(failing: "the import was given up")
            throw error
        }
        try server.finishCopy()
        return rows
    }

    /// One field in the text form of `COPY`.
    private static func append(_ value: StoredValue, to lines: inout [UInt8]) {
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
