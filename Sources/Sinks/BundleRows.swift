internal import Bundles
internal import ControllerAPI
internal import Database
internal import Files
internal import Reception
internal import SQLite

/// Reads from the store the rows that a bundle brought last, table by table, into files for a sink. Rows that a later bundle
/// has replaced by then come with that one.
struct BundleRows {
    let store: Store
    let sink: any Sink

    /// Rows held in memory at once.
    private static let page = 2000

    /// - Parameter directory: is made anew.
    func write(_ bundle: BundleIdentity, to directory: String) throws -> [RowFile] {
        try Files.removeTree(directory)
        try Files.makeDirectory(directory, permissions: 0o700)
        return try ImportedTables.names(in: store).compactMap { table in
            let columns = try columns(of: table)
            let json = RowJSON(columns: columns, key: try key(of: table))
            let path = "\(directory)/\(table)"
            let file = try Descriptor(path, .replace(permissions: 0o600))
            var rows = 0
            try read(table, columns, bundle) { page in
                var content: [UInt8] = []
                for row in page {
                    sink.append(json.line(row), id: json.id(row, of: table), table: table, to: &content)
                }
                try file.write(content)
                rows += page.count
            }
            guard rows > 0 else {
                try Files.remove(path)
                return nil
            }
            try file.synchronise()
            return RowFile(table: table, path: path, rows: rows)
        }
    }

    private func read(
        _ table: String, _ columns: [String], _ bundle: BundleIdentity, _ body: ([[StoredValue]]) throws -> Void
    ) throws {
        let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        switch store.dialect {
        case .sqlite:
            var last = Int64.min
            while true {
                let page = try store.all(
                    """
                    SELECT rowid, \(names) FROM "\(table)" WHERE run = ? AND agent = ? AND project = ? AND rowid > ?
                    ORDER BY rowid LIMIT \(Self.page)
                    """, bundle.run.text, bundle.agent.text, bundle.project.text, StoredValue.integer(last)
                ) { row in row.values }
                if !page.isEmpty { try body(page.map { Array($0.dropFirst()) }) }
                guard page.count == Self.page, case .integer(let number)? = page.last?.first else { return }
                last = number
            }
        case .postgreSQL:
            // What identifies a bundle is made of letters, digits and underscores: it needs no quoting.
            try store.transaction(.beside) {
                try store.executeScript(
                    """
                    DECLARE sunk NO SCROLL CURSOR FOR SELECT \(names) FROM "\(table)"
                    WHERE run = '\(bundle.run)' AND agent = '\(bundle.agent)' AND project = '\(bundle.project)'
                    """)
                while true {
                    let page = try store.all("FETCH \(Self.page) FROM sunk") { row in row.values }
                    if page.isEmpty { break }
                    try body(page)
                }
                try store.executeScript("CLOSE sunk")
            }
        }
    }

    // MARK: Tables

    private func columns(of table: String) throws -> [String] {
        let question =
            switch store.dialect {
            case .sqlite: "SELECT name FROM pragma_table_info(?) ORDER BY cid"
            case .postgreSQL:
                """
                SELECT column_name::text FROM information_schema.columns
                WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position
                """
            }
        return try store.all(question, table) { row in try row[0] }
    }

    private func key(of table: String) throws -> [String] {
        let question =
            switch store.dialect {
            case .sqlite: "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
            case .postgreSQL:
                """
                SELECT k.column_name::text FROM information_schema.key_column_usage k
                JOIN information_schema.table_constraints c
                ON c.constraint_name = k.constraint_name AND c.constraint_schema = k.constraint_schema
                WHERE k.table_schema = current_schema() AND k.table_name = ? AND c.table_name = k.table_name
                AND c.constraint_type = 'PRIMARY KEY'
                ORDER BY k.ordinal_position
                """
            }
        return try store.all(question, table) { row in try row[0] }
    }

    /// Sees that a bundle's rows are found without looking at all others.
    func index() throws {
        let question =
            switch store.dialect {
            case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'index'"
            case .postgreSQL: "SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema()"
            }
        let present = Set(try store.all(question) { row in try row[0] as String })
        for table in try ImportedTables.names(in: store) {
            // PostgreSQL keeps 63 bytes of a name.
            let name = String("by_run_\(table)".prefix(63))
            guard !present.contains(name) else { continue }
            try store.executeScript("CREATE INDEX IF NOT EXISTS \"\(name)\" ON \"\(table)\" (run)")
        }
    }
}
