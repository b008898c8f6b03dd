extension Connection {
    /// The number of migrations the database has had (`PRAGMA user_version`).
    package var schemaVersion: Int {
        get throws(SQLiteError) { try first("PRAGMA user_version") ?? 0 }
    }

    /// Brings the schema up to date: runs the scripts that the database has not had, all or none.
    /// - Parameter scripts: every migration since the beginning, oldest first; published ones never change.
    /// - Throws: `SQLiteError` `newerSchema` where the database has had more of them than there are.
    package func migrate(_ scripts: [String]) throws {
        guard try appliedMigrations(of: scripts) < scripts.count else { return }
        try transaction {
            // Another process may have been faster.
            for number in try appliedMigrations(of: scripts)..<scripts.count {
                try executeScript(scripts[number])
                try execute("PRAGMA user_version = \(number + 1)")
            }
        }
    }

    private func appliedMigrations(of scripts: [String]) throws(SQLiteError) -> Int {
        let version = try schemaVersion
        guard version <= scripts.count else {
            throw SQLiteError(
                .newerSchema, path: path,
                reason: "expected schema version \(scripts.count) or older, found \(version)")
        }
        return version
    }
}
