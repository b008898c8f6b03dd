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

    /// Brings one part of the schema up to date, in a database that others have parts in as well.
    /// - Parameters:
    ///   - scripts: as in `migrate(_:)`, of this part alone.
    ///   - part: its name, under which the number of its migrations is kept.
    /// - Throws: as `migrate(_:)`.
    package func migrate(_ scripts: [String], part: String) throws {
        guard try version(of: part) != scripts.count else { return }
        try transaction {
            try execute(
                "CREATE TABLE IF NOT EXISTS schema_part (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT")
            let version = try version(of: part)
            guard version <= scripts.count else {
                throw SQLiteError(
                    .newerSchema, path: path,
                    reason: "expected version \(scripts.count) or older of the schema of \(part), found \(version)")
            }
            for script in scripts[version...] { try executeScript(script) }
            try execute("INSERT OR REPLACE INTO schema_part VALUES (?, ?)", part, scripts.count)
        }
    }

    /// The number of migrations that a part has had.
    package func version(of part: String) throws(SQLiteError) -> Int {
        let hasParts: Int? = try first("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_part'")
        guard hasParts != nil else { return 0 }
        return try first("SELECT version FROM schema_part WHERE name = ?", part) ?? 0
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
