package import Database
import Tables

/// The tables of a store that hold what was gathered.
package enum ImportedTables {
    /// Those of the catalogue and those that agents declared, as far as there are any, in the order of their names.
    package static func names(in store: Store) throws -> [String] {
        let question =
            switch store.dialect {
            case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table'"
            case .postgreSQL:
                """
                SELECT table_name::text FROM information_schema.tables
                WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
                """
            }
        let known = Set(TableSchema.catalogue.map(\.name))
        return try store.all(question) { row in try row[0] as String }
            .filter { known.contains($0) || $0.hasPrefix("rest_") && !$0.contains("\"") }.sorted()
    }
}
