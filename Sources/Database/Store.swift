package import PostgreSQL
package import SQLite

/// One connection to the store: an SQLite file or a PostgreSQL database, behind the same calls.
///
/// Statements are in the SQL that both understand, with `?` for values; `Dialect` says what is translated. Not
/// `Sendable`, as what is behind it: an actor with its own executor keeps it, because calls block.
///
/// Errors are those of what is behind it, `SQLiteError` or `PostgreSQLError`.
package final class Store {
    package enum Backend {
        case file(SQLite.Connection)
        case server(ServerConnection)
    }

    package let backend: Backend
    private var transactionDepth = 0
    /// Texts of statements as PostgreSQL wants them.
    private var translations: [String: String] = [:]

    package init(_ location: StoreLocation) throws {
        switch location {
        case .file(let path): backend = .file(try Connection(path))
        case .server(let address): backend = .server(try ServerConnection(address))
        }
    }

    package var dialect: Dialect {
        switch backend {
        case .file: .sqlite
        case .server: .postgreSQL
        }
    }

    // MARK: Statements

    /// Runs a statement with these values for its `?`; rows that it gives are dropped.
    package func execute(_ text: String, _ values: (any Storable)?...) throws {
        switch backend {
        case .file(let connection): try connection.prepare(text).execute(values)
        case .server(let server): _ = try ask(server, text, values)
        }
    }

    /// The same, and how many rows were inserted, updated or deleted.
    package func change(_ text: String, _ values: (any Storable)?...) throws -> Int {
        switch backend {
        case .file(let connection):
            try connection.prepare(text).execute(values)
            return connection.changes
        case .server(let server): return try ask(server, text, values).changes
        }
    }

    /// All rows, each made a value by the closure. For answers that fit into memory.
    package func all<Value>(
        _ text: String, _ values: (any Storable)?..., row make: (StoreRow) throws -> Value
    ) throws -> [Value] {
        try rows(text, values).map(make)
    }

    /// The first row made a value by the closure, `nil` where there is no row.
    package func first<Value>(
        _ text: String, _ values: (any Storable)?..., row make: (StoreRow) throws -> Value
    ) throws -> Value? {
        try rows(text, values).first.map(make)
    }

    /// The first column of the first row, `nil` where there is no row.
    package func first<Value: Storable>(_ text: String, _ values: (any Storable)?...) throws -> Value? {
        try rows(text, values).first.map { row in try row[0] }
    }

    /// Runs every statement of a text, without values.
    package func executeScript(_ text: String) throws {
        switch backend {
        case .file(let connection): try connection.executeScript(text)
        case .server(let server):
            try reviveIfPossible(server)
            try server.run(Dialect.postgreSQL.script(text))
        }
    }

    private func rows(_ text: String, _ values: [(any Storable)?]) throws -> [StoreRow] {
        switch backend {
        case .file(let connection):
            let statement = try connection.prepare(text)
            try statement.bind(values)
            var result: [StoreRow] = []
            while let row = try statement.step() {
                var stored: [StoredValue] = []
                for column in 0..<row.count { stored.append(try row.value(column)) }
                result.append(StoreRow(stored))
            }
            return result
        case .server(let server):
            let answer = try ask(server, text, values)
            return answer.rows.map { row in
                StoreRow(zip(row, answer.types).map { value, type in StoredValue(value, serverType: type) })
            }
        }
    }

    private func ask(
        _ server: ServerConnection, _ text: String, _ values: [(any Storable)?]
    ) throws -> ServerConnection.Answer {
        try reviveIfPossible(server)
        let translated: String
        if let known = translations[text] {
            translated = known
        } else {
            translated = Dialect.postgreSQL.statement(text)
            if translations.count >= 256 { translations = [:] }
            translations[text] = translated
        }
        return try server.execute(translated, values.map { ($0?.stored ?? .null).serverText })
    }

    private func reviveIfPossible(_ server: ServerConnection) throws {
        if transactionDepth == 0 { try server.revive() }
    }

    // MARK: Transactions

    package enum Company: Sendable {
        /// Nobody else is in such a transaction at the same time, in any process: what is read cannot change before
        /// what is written.
        case alone
        /// Others write at the same time where the store can do that (PostgreSQL, "read committed").
        case beside
    }

    /// Runs the closure in a transaction: all its changes are kept when it returns, none when it throws. Inside another
    /// transaction this is a part of it that can fail alone.
    package func transaction<Result>(_ company: Company = .alone, _ body: () throws -> Result) throws -> Result {
        switch backend {
        case .file(let connection): return try connection.transaction(body)
        case .server(let server): return try transaction(on: server, company, body)
        }
    }

    private func transaction<Result>(
        on server: ServerConnection, _ company: Company, _ body: () throws -> Result
    ) throws -> Result {
        try reviveIfPossible(server)
        let isOutermost = transactionDepth == 0
        let name = "level_\(transactionDepth)"
        try server.run(isOutermost ? "BEGIN" : "SAVEPOINT \(name)")
        transactionDepth += 1
        defer { transactionDepth -= 1 }
        do {
            if isOutermost, company == .alone { try server.run("SELECT pg_advisory_xact_lock(\(Self.lockNumber))") }
            let result = try body()
            try server.run(isOutermost ? "COMMIT" : "RELEASE SAVEPOINT \(name)")
            return result
        } catch {
            rollBack(server, isOutermost ? "ROLLBACK" : "ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)")
            throw error
        }
    }

    private func rollBack(_ server: ServerConnection, _ script: String) {
        guard server.isInTransaction else { return }
        do {
            try server.run(script)
        } catch {
            // Only where the connection is gone, and with it the transaction.
            return
        }
    }

    /// Any number that others who use the same database do not use for their locks: "gather" in ASCII.
    private static let lockNumber = 0x6761_7468_6572

    // MARK: Migrations

    /// The number of migrations the store has had.
    package var schemaVersion: Int {
        get throws {
            switch backend {
            case .file(let connection): return try connection.schemaVersion
            case .server:
                let table: String? =
                    try first("SELECT to_regclass('controller_schema')::text")
                    as String?? ?? nil
                guard table != nil else { return 0 }
                return try first("SELECT version FROM controller_schema") ?? 0
            }
        }
    }

    /// Brings the schema up to date: runs the scripts that the store has not had, all or none. There is no way back.
    /// - Parameter scripts: every migration since the beginning, oldest first; published ones never change.
    package func migrate(_ scripts: [String]) throws {
        switch backend {
        case .file(let connection): try connection.migrate(scripts)
        case .server:
            guard try applied(of: scripts) < scripts.count else { return }
            try transaction {
                let done = try applied(of: scripts)
                guard done < scripts.count else { return }
                for script in scripts[done...] { try executeScript(script) }
                if done == 0 {
                    try executeScript("CREATE TABLE controller_schema (version INTEGER NOT NULL)")
                    try execute("INSERT INTO controller_schema (version) VALUES (?)", scripts.count)
                } else {
                    try execute("UPDATE controller_schema SET version = ?", scripts.count)
                }
            }
        }
    }

    private func applied(of scripts: [String]) throws -> Int {
        let version = try schemaVersion
        guard version <= scripts.count else {
            throw PostgreSQLError(
                .newerSchema, reason: "expected schema version \(scripts.count) or older, found \(version)")
        }
        return version
    }
}
