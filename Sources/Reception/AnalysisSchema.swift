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

    private static func columns(of table: String, _ store: Store) throws -> Set<String> {
        let question =
            switch store.dialect {
            case .sqlite: "SELECT name FROM pragma_table_info(?)"
            case .postgreSQL:
                """
                SELECT column_name::text FROM information_schema.columns
                WHERE table_schema = current_schema() AND table_name = ?
                """
            }
        return Set(try store.all(question, table) { row in try row[0] as String })
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
