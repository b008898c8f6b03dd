internal import Database
import Tables

/// The tables and views that analysts query: made once, and extended when the catalogue of tables grows.
enum AnalysisSchema {
    /// Makes what is missing: tables, columns of tables that an older version made, views.
    static func prepare(_ store: Store) throws {
        try store.transaction {
            for schema in TableSchema.catalogue {
                let table = ImportTable(schema, store.dialect)
                try store.executeScript(table.definition)
                let present = try columns(of: schema.name, store)
                for column in table.columns where !present.contains(column.name) {
                    try store.executeScript(
                        "ALTER TABLE \"\(schema.name)\" ADD COLUMN \"\(column.name)\" \(column.type)")
                }
            }
            for view in AnalysisView.all { try make(view, store) }
        }
    }

    /// What `prepare` would make, as `table` or `table.column`; views are not looked at.
    static func missing(_ store: Store) throws -> [String] {
        try TableSchema.catalogue.flatMap { schema in
            let present = try columns(of: schema.name, store)
            guard !present.isEmpty else { return [schema.name] }
            return ImportTable(schema, store.dialect).columns.filter { !present.contains($0.name) }
                .map { "\(schema.name).\($0.name)" }
        }
    }

    private static func columns(of table: String, _ store: Store) throws -> Set<String> {
        Set(try typedColumns(of: table, store).keys)
    }

    /// The types of a table's columns by their names.
    private static func typedColumns(of table: String, _ store: Store) throws -> [String: String] {
        let question =
            switch store.dialect {
            case .sqlite: "SELECT name, type FROM pragma_table_info(?)"
            case .postgreSQL:
                """
                SELECT column_name::text, data_type::text FROM information_schema.columns
                WHERE table_schema = current_schema() AND table_name = ?
                """
            }
        let all = try store.all(question, table) { row in (try row[0] as String, try row[1] as String) }
        return Dictionary(all) { first, _ in first }
    }

    /// Tables that agents may declare in one store, and columns of one: nobody queries more.
    static let declaredLimit = 500
    static let columnLimit = 300

    /// Makes a table that an agent declared, or the columns of it that are missing. What is there counts: a column that
    /// another agent declared with another type keeps it.
    /// - Returns: the schema with the types that the store has.
    static func prepare(_ schema: TableSchema, _ store: Store) throws -> TableSchema {
        let table = ImportTable(schema, store.dialect)
        var present = try typedColumns(of: schema.name, store)
        if present.isEmpty {
            let tables =
                switch store.dialect {
                case .sqlite:
                    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name LIKE 'rest\\_%' ESCAPE '\\'"
                case .postgreSQL:
                    """
                    SELECT count(*) FROM information_schema.tables
                    WHERE table_schema = current_schema() AND table_name LIKE 'rest\\_%'
                    """
                }
            let count: Int = try store.first(tables) { row in Int(try row[0] as Int64) } ?? 0
            guard count < declaredLimit else { throw ImportError.tooManyTables(schema.name) }
            try store.executeScript(table.definition)
        } else {
            for column in table.columns where present[column.name] == nil {
                guard present.count < columnLimit else { throw ImportError.tooManyTables(schema.name) }
                try store.executeScript(
                    "ALTER TABLE \"\(schema.name)\" ADD COLUMN \"\(column.name)\" \(column.type)")
                present[column.name] = column.type
            }
        }
        let columns = schema.columns.map { column -> TableSchema.Column in
            let type: TableSchema.ColumnType? =
                switch present[column.name]?.uppercased() {
                case "TEXT": column.type == .date ? .date : .text
                case "INTEGER", "BIGINT": column.type == .boolean ? .boolean : .integer
                case "REAL", "DOUBLE PRECISION": .decimal
                default: nil
                }
            return TableSchema.Column(name: column.name, type: type ?? column.type, isPersonal: column.isPersonal)
        }
        return TableSchema(name: schema.name, columns: columns, key: schema.key, repetition: schema.repetition)
    }

    private static func make(_ view: AnalysisView, _ store: Store) throws {
        let text = "VIEW \(view.name) AS \(view.query(store.dialect))"
        switch store.dialect {
        case .postgreSQL: try store.execute("CREATE OR REPLACE \(text)")
        case .sqlite:
            // A view that is as it should be is left alone: making it anew would make every connection read the schema.
            let present: String? = try store.first(
                "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?", view.name)
            guard present != "CREATE \(text)" else { return }
            try store.execute("DROP VIEW IF EXISTS \(view.name)")
            try store.execute("CREATE \(text)")
        }
    }
}
