internal import CSQLite

extension Connection {
    /// Runs a statement to its end with these values for its `?`; rows that it gives are dropped.
    package func execute(_ text: String, _ values: (any Storable)?...) throws(SQLiteError) {
        try prepare(text).execute(values)
    }

    /// Hands each row to the closure, in order; an error of the closure ends the query.
    package func query(
        _ text: String, _ values: (any Storable)?..., row body: (Row) throws -> Void
    ) throws {
        let statement = try prepare(text)
        try statement.bind(values)
        while let row = try statement.step() { try body(row) }
    }

    /// All rows, each made a value by the closure. For answers that fit into memory.
    package func all<Value>(
        _ text: String, _ values: (any Storable)?..., row make: (Row) throws -> Value
    ) throws -> [Value] {
        let statement = try prepare(text)
        try statement.bind(values)
        var result: [Value] = []
        while let row = try statement.step() { result.append(try make(row)) }
        return result
    }

    /// The first row made a value by the closure, `nil` where there is no row.
    package func first<Value>(
        _ text: String, _ values: (any Storable)?..., row make: (Row) throws -> Value
    ) throws -> Value? {
        let statement = try prepare(text)
        try statement.bind(values)
        guard let row = try statement.step() else { return nil }
        return try make(row)
    }

    /// The first column of the first row, `nil` where there is no row.
    package func first<Value: Storable>(
        _ text: String, _ values: (any Storable)?...
    ) throws(SQLiteError) -> Value? {
        let statement = try prepare(text)
        try statement.bind(values)
        guard let row = try statement.step() else { return nil }
        return try row[0]
    }

    /// Rows that the last insert, update or delete changed.
    package var changes: Int { unsafe Int(sqlite3_changes64(handle)) }

    /// The row id of the last insert on this connection.
    package var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// Runs every statement of a text, without values.
    package func executeScript(_ text: String) throws(SQLiteError) {
        var rest = text[...]
        while !rest.isEmpty {
            let (compiled, next) = try unsafe compile(rest, 0)
            let current = String(rest[..<next.startIndex])
            rest = next
            guard let statement = unsafe compiled else { continue }
            defer { unsafe sqlite3_finalize(statement) }
            var code = SQLITE_ROW
            while code == SQLITE_ROW { unsafe code = sqlite3_step(statement) }
            guard code == SQLITE_DONE else { throw failure(code, current) }
        }
    }
}
