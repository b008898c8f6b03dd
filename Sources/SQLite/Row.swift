internal import CSQLite

/// The row a statement stands on. It ends with the next `step`, `bind` or `reset` of the statement;
/// to read it later is a mistake of ours and stops the program.
@safe package struct Row {
    private let statement: Statement
    /// Which row of the statement this is.
    private let number: Int

    init(_ statement: Statement) {
        self.statement = statement
        number = statement.moves
    }

    /// The value of a column, counted from 0, as the type that is asked for; optional types take NULL.
    /// - Throws: `SQLiteError` `wrongType` where the column holds another kind of value.
    package subscript<Value: Storable>(_ column: Int) -> Value {
        get throws(SQLiteError) {
            let stored = try value(column)
            guard let value = Value(stored: stored) else {
                throw statement.error(.wrongType, "expected \(Value.self) in column \(column), found \(stored.kind)")
            }
            return value
        }
    }

    /// The number of columns.
    package var count: Int { unsafe Int(sqlite3_data_count(statement.handle)) }

    /// The value of a column as it is kept.
    package func value(_ column: Int) throws(SQLiteError) -> StoredValue {
        precondition(number == statement.moves, "a row is read after its statement moved on")
        let handle = unsafe statement.handle
        guard column >= 0, column < count else {
            throw statement.error(.wrongType, "expected column \(column), found \(count) columns")
        }
        let position = Int32(column)
        switch unsafe sqlite3_column_type(handle, position) {
        case SQLITE_INTEGER: return unsafe .integer(sqlite3_column_int64(handle, position))
        case SQLITE_FLOAT: return unsafe .real(sqlite3_column_double(handle, position))
        case SQLITE_TEXT:
            // The pointer is asked for before the count: asking may convert the text.
            let start = unsafe sqlite3_column_text(handle, position)
            let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, position)))
            guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
                throw statement.error(.wrongType, "expected UTF-8 text in column \(column), found other bytes")
            }
            return .text(text)
        case SQLITE_BLOB:
            let start = unsafe sqlite3_column_blob(handle, position)
            let count = unsafe Int(sqlite3_column_bytes(handle, position))
            return unsafe .blob([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }
}
