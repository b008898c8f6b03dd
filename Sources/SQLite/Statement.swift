internal import CSQLite

/// A prepared statement in use. When the value ends it goes back to its connection, which it keeps alive.
@safe package final class Statement {
    package let text: String
    let handle: OpaquePointer
    private let connection: Connection
    private var isAtEnd = false
    /// Grows whenever the current row ends.
    private(set) var moves = 0

    init(_ handle: OpaquePointer, _ text: String, _ connection: Connection) {
        unsafe self.handle = handle
        self.text = text
        self.connection = connection
    }

    deinit { unsafe connection.giveBack(handle, text) }

    /// Begins anew with these values for the `?` of the text, in order; `nil` is NULL.
    /// - Throws: `SQLiteError` `invalidStatement` when there are more or fewer values than `?`.
    package func bind(_ values: (any Storable)?...) throws(SQLiteError) { try bind(values) }

    /// The same with an array.
    package func bind(_ values: [(any Storable)?]) throws(SQLiteError) {
        reset()
        let expected = unsafe Int(sqlite3_bind_parameter_count(handle))
        guard values.count == expected else {
            throw error(.invalidStatement, "expected \(expected) values, found \(values.count)")
        }
        var position: Int32 = 0
        for value in values {
            position += 1
            try connection.check(bind(value?.stored ?? .null, at: position), text)
        }
    }

    /// SQLite copies texts and blobs, for small ones from memory that it keeps for this; without a copy they would
    /// have to stay in place until the next `bind`, which a Swift string does not promise.
    private func bind(_ value: StoredValue, at position: Int32) -> Int32 {
        switch value {
        case .null: unsafe sqlite3_bind_null(handle, position)
        case .integer(let number): unsafe sqlite3_bind_int64(handle, position, number)
        case .real(let number): unsafe sqlite3_bind_double(handle, position, number)
        case .text(var string):
            string.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                    // An empty buffer may have no address, and no address would mean NULL.
                    guard let start = characters.baseAddress else {
                        return unsafe gathering_sqlite_bind_text(handle, position, "", 0)
                    }
                    return unsafe gathering_sqlite_bind_text(handle, position, start, UInt64(characters.count))
                }
            }
        case .blob(let bytes):
            unsafe bytes.withUnsafeBytes { buffer in
                guard let start = buffer.baseAddress else { return unsafe sqlite3_bind_zeroblob(handle, position, 0) }
                return unsafe gathering_sqlite_bind_blob(handle, position, start, UInt64(buffer.count))
            }
        }
    }

    /// Goes to the next row; `nil` at the end, and from then on until the next `bind` or `reset`.
    package func step() throws(SQLiteError) -> Row? {
        guard !isAtEnd else { return nil }
        moves += 1
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return Row(self) }
        let failure = code == SQLITE_DONE ? nil : connection.failure(code, text)
        // Ends the read of the database, which otherwise lasts until the statement does.
        unsafe sqlite3_reset(handle)
        isAtEnd = true
        if let failure { throw failure }
        return nil
    }

    /// Runs from the start to the end with these values; rows are dropped. The quick way to insert many rows.
    package func execute(_ values: (any Storable)?...) throws(SQLiteError) { try execute(values) }

    /// The same with an array.
    package func execute(_ values: [(any Storable)?]) throws(SQLiteError) {
        try bind(values)
        while try step() != nil {}
    }

    /// The same with values as they are kept.
    package func execute(stored values: [StoredValue]) throws(SQLiteError) {
        reset()
        let expected = unsafe Int(sqlite3_bind_parameter_count(handle))
        guard values.count == expected else {
            throw error(.invalidStatement, "expected \(expected) values, found \(values.count)")
        }
        var position: Int32 = 0
        for value in values {
            position += 1
            try connection.check(bind(value, at: position), text)
        }
        while try step() != nil {}
    }

    /// Goes back to the start and keeps the values.
    package func reset() {
        // The answer repeats what the last step said; whoever stepped has seen it.
        unsafe sqlite3_reset(handle)
        isAtEnd = false
        moves += 1
    }

    /// The names of the result's columns.
    package var columns: [String] {
        unsafe (0..<sqlite3_column_count(handle)).map { position in
            unsafe sqlite3_column_name(handle, position).map { unsafe String(cString: $0) } ?? ""
        }
    }

    func error(_ code: SQLiteError.Code, _ reason: String) -> SQLiteError {
        SQLiteError(code, path: connection.path, statement: text, reason: reason)
    }
}
