internal import Database
internal import SQLite
import Tables

/// The SQL table of one export file: the project, the file's columns with their types, and where each row came from.
struct ImportTable {
    let schema: TableSchema
    let dialect: Dialect

    init(_ schema: TableSchema, _ dialect: Dialect) {
        self.schema = schema
        self.dialect = dialect
    }

    /// One column of the SQL table.
    struct Column: Equatable {
        let name: String
        let type: String
    }

    /// All columns in the order in which `insertion` and `copy` name them.
    var columns: [Column] {
        [Column(name: "project", type: "TEXT NOT NULL")]
            // An issue's project, which may be another one than that of the agent, needs a name of its own here.
            + schema.columns.map { Column(name: $0.name == "project" ? "own_project" : $0.name, type: $0.type.sql) }
            + (schema.hasPersonalColumns ? [Column(name: "encrypted", type: "INTEGER")] : [])
            + [Column(name: "agent", type: "TEXT NOT NULL"), Column(name: "run", type: "TEXT NOT NULL")]
    }

    /// Makes the table where there is none.
    var definition: String {
        let all = columns.map { "\"\($0.name)\" \($0.type)" } + ["PRIMARY KEY (\(key))"]
        return "CREATE TABLE IF NOT EXISTS \"\(schema.name)\" (\(all.joined(separator: ", ")))"
    }

    /// Inserts a row, or leaves or replaces the one with the same key, as rows of this kind are meant.
    var insertion: String {
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        return "INSERT INTO \"\(schema.name)\" (\(names)) VALUES (\(places)) \(onConflict)"
    }

    var names: String { columns.map { "\"\($0.name)\"" }.joined(separator: ", ") }

    /// The columns that identify a row.
    var key: String { (["project"] + schema.key).map { "\"\($0)\"" }.joined(separator: ", ") }

    /// What becomes of a row whose key is there already.
    var onConflict: String {
        let identifying = Set(["project"] + schema.key)
        let updates = columns.map(\.name).filter { !identifying.contains($0) }.map { "\"\($0)\" = excluded.\"\($0)\"" }
        let action =
            switch schema.repetition {
            case .ignored: "DO NOTHING"
            case .replaces: "DO UPDATE SET \(updates.joined(separator: ", "))"
            }
        return "ON CONFLICT (\(key)) \(action)"
    }

    /// Turns rows into values of `columns`.
    func converter(project: String, agent: String, run: String) -> RowConverter {
        RowConverter(self, project: project, agent: agent, run: run)
    }
}

/// Turns the texts of a row into values of the table's columns. Numbers are numbers; a date that is unknown is null.
struct RowConverter {
    private let fields: [Field]
    private let hasEncrypted: Bool
    private let isStrict: Bool
    private let before: StoredValue
    private let after: [StoredValue]

    private struct Field {
        let type: TableSchema.ColumnType
        /// Keys have no null: what stands for "none" in them.
        let none: StoredValue
    }

    fileprivate init(_ table: ImportTable, project: String, agent: String, run: String) {
        fields = table.schema.columns.map { column in
            let isKey = table.schema.key.contains(column.name)
            return Field(type: column.type, none: isKey ? column.type.none : .null)
        }
        hasEncrypted = table.schema.hasPersonalColumns
        isStrict = table.dialect == .postgreSQL
        before = .text(project)
        after = [.text(agent), .text(run)]
    }

    func values(of row: TableReader.StoredRow) -> [StoredValue] {
        var values: [StoredValue] = []
        values.reserveCapacity(fields.count + 4)
        values.append(before)
        for (field, value) in zip(fields, row.values) {
            let value = value.map { stored($0, field.type) } ?? .null
            if case .null = value { values.append(field.none) } else { values.append(value) }
        }
        if hasEncrypted { values.append(row.encrypted.flatMap { Int64($0) }.map { .integer($0) } ?? .null) }
        values += after
        return values
    }

    /// SQLite keeps a text in a column of numbers where it is none; PostgreSQL cannot, and has null there.
    private func stored(_ value: String, _ type: TableSchema.ColumnType) -> StoredValue {
        switch type {
        case .text: return .text(value)
        case .date: return value == "0" ? .null : .text(value)
        case .integer, .boolean:
            if let number = Int64(value) { return .integer(number) }
            if type == .boolean, value == "true" || value == "false" { return .integer(value == "true" ? 1 : 0) }
        case .decimal:
            if let number = Double(value) { return .real(number) }
        }
        return isStrict ? .null : .text(value)
    }
}

extension TableSchema.ColumnType {
    fileprivate var sql: String {
        switch self {
        case .text, .date: "TEXT"
        case .integer, .boolean: "INTEGER"
        case .decimal: "REAL"
        }
    }

    /// Stands for a missing value in a key.
    fileprivate var none: StoredValue {
        switch self {
        case .text: .text("")
        case .date: .text("0")
        case .integer, .boolean, .decimal: .integer(0)
        }
    }
}
