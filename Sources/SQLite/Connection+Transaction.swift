internal import CSQLite

extension Connection {
    /// Runs the closure in a transaction: all its changes are kept when it returns, none when it throws.
    ///
    /// The write lock is taken at the start, so that what is read cannot change before what is written. Inside another
    /// transaction this is a part of it that can fail alone.
    /// - Throws: what the closure throws, or `SQLiteError` when the transaction cannot begin or be kept.
    package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        let isOutermost = transactionDepth == 0
        let name = "level_\(transactionDepth)"
        try execute(isOutermost ? "BEGIN IMMEDIATE" : "SAVEPOINT \(name)")
        transactionDepth += 1
        defer { transactionDepth -= 1 }
        do {
            let result = try body()
            try execute(isOutermost ? "COMMIT" : "RELEASE \(name)")
            return result
        } catch {
            rollBack(isOutermost ? "ROLLBACK" : "ROLLBACK TO \(name); RELEASE \(name)")
            throw error
        }
    }

    /// Undoes an open transaction. SQLite has done so itself after some errors, a full disk for one.
    private func rollBack(_ script: String) {
        guard unsafe sqlite3_get_autocommit(handle) == 0 else { return }
        do {
            try executeScript(script)
        } catch {
            // It fails only where the file itself fails. The transaction was not kept, which is all that is promised,
            // and the error that led here says more than this one.
            return
        }
    }
}
