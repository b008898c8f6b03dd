internal import SQLite
import Tables

/// The SQL table of one export file: the project, the file's columns with their types, and where each row came from.
struct ImportTable {
    private let schema: TableSchema

    init(_ schema: TableSchema) { self.schema = schema }

    /// Makes the table where there is none.
    var definition: String {
        let columns = schema.columns.map { "\"\($0.name)\" \($0.type.sql)" }
        let all =
            ["project TEXT NOT NULL"] + columns + (schema.hasPersonalColumns ? ["encrypted INTEGER"] : [])
            + ["agent TEXT NOT NULL", "run TEXT NOT NULL", "PRIMARY KEY (\(key.joined(separator: ", ")))"]
        return "CREATE TABLE IF NOT EXISTS \"\(schema.name)\" (\(all.joined(separator: ", "))) WITHOUT ROWID"
    }

    /// Inserts a row, or leaves or replaces the one with the same key, as rows of this kind are meant.
    var insertion: String {
        let names =
            ["project"] + schema.columns.map { "\"\($0.name)\"" } + (schema.hasPersonalColumns ? ["encrypted"] : [])
            + ["agent", "run"]
        let updates = names.filter { !key.contains($0) }.map { "\($0) = excluded.\($0)" }
        let conflict =
            switch schema.repetition {
            case .ignored: "DO NOTHING"
            case .replaces: "DO UPDATE SET \(updates.joined(separator: ", "))"
            }
        let places = names.map { _ in "?" }.joined(separator: ", ")
        return "INSERT INTO \"\(schema.name)\" (\(names.joined(separator: ", "))) VALUES (\(places)) "
            + "ON CONFLICT (\(key.joined(separator: ", "))) \(conflict)"
    }

    /// The values of `insertion`. Numbers are numbers; a date that is unknown is null.
    func values(of row: TableReader.StoredRow, project: String, agent: String, run: String) -> [(any Storable)?] {
        var values: [(any Storable)?] = [project]
        for (column, value) in zip(schema.columns, row.values) { values.append(column.type.storable(value)) }
        if schema.hasPersonalColumns { values.append(row.encrypted.flatMap { Int($0) }) }
        return values + [agent, run]
    }

    private var key: [String] { ["project"] + schema.key.map { "\"\($0)\"" } }
}

extension TableSchema.ColumnType {
    fileprivate var sql: String {
        switch self {
        case .text, .date: "TEXT"
        case .integer, .boolean: "INTEGER"
        case .decimal: "REAL"
        }
    }

    fileprivate func storable(_ value: String?) -> (any Storable)? {
        guard let value else { return nil }
        switch self {
        case .text: return value
        case .date: return value == "0" ? nil : value
        case .integer, .boolean: return Int(value) ?? value
        case .decimal: return Double(value) ?? value
        }
    }
}
