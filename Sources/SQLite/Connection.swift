internal import CSQLite
internal import Files
import Glibc

/// Owns one connection to a database file and the statements prepared on it; all close with the value.
///
/// Deliberately not `Sendable`: an actor (or another single owner) creates and keeps it, so that statements,
/// transactions and what `changes` reports never interleave. Calls block; the actor needs its own executor.
@safe package final class Connection {
    package enum Access: Sendable {
        /// Creates the file, readable by its owner only, where there is none.
        case readWrite
        case readOnly
    }

    package let path: String
    let handle: OpaquePointer
    /// Prepared statements that nobody uses at the moment, by their text.
    private var idle: [String: OpaquePointer] = unsafe [:]
    /// How many `transaction` calls are open, one in another.
    var transactionDepth = 0

    /// Statements kept prepared. The programs have fewer texts than this; made-up texts must not fill the memory.
    private static let idleLimit = 128

    /// Opens the database: write-ahead log, every commit on disk before it returns, foreign keys enforced.
    /// - Parameter busyTimeout: how long a call waits for another connection before it ends with `locked`.
    /// - Throws: `SQLiteError`, e.g. `notADatabase` for a file of another kind.
    package init(
        _ path: String, _ access: Access = .readWrite, busyTimeout: Duration = .seconds(5)
    ) throws(SQLiteError) {
        self.path = path
        unsafe handle = try Self.open(path, access)
        try configure(access, busyTimeout)
    }

    deinit {
        for unsafe(_, statement) in unsafe idle { unsafe sqlite3_finalize(statement) }
        unsafe sqlite3_close_v2(handle)
    }

    private static func open(_ path: String, _ access: Access) throws(SQLiteError) -> OpaquePointer {
        if access == .readWrite { try createFile(path) }
        let mode = access == .readWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        var handle: OpaquePointer?
        // One owner at a time, so SQLite's own mutex is not needed.
        let code = unsafe sqlite3_open_v2(path, &handle, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let opened = unsafe handle else {
            let systemCode = unsafe handle.map { unsafe sqlite3_system_errno($0) } ?? 0
            unsafe sqlite3_close_v2(handle)
            let text = unsafe systemCode == 0 ? sqlite3_errstr(code) : UnsafePointer(strerror(systemCode))
            let reason = unsafe text.map { unsafe String(cString: $0) } ?? "unknown"
            throw SQLiteError(resultCode: code, systemCode: systemCode, path: path, statement: nil, reason: reason)
        }
        return unsafe opened
    }

    /// Makes the file with mode 0600, which SQLite gives to its companions (`-wal`, `-shm`) too. No descriptor is
    /// opened, since closing it would drop the locks that this process has on the file through another connection.
    private static func createFile(_ path: String) throws(SQLiteError) {
        if unsafe mknod(path, S_IFREG | 0o600, 0) == 0 || errno == EEXIST { return }
        let failure = FileError(.create, path)
        throw SQLiteError(failure.isDiskFull ? .diskFull : .cannotOpen, path: path, reason: failure.reason)
    }

    private func configure(_ access: Access, _ busyTimeout: Duration) throws(SQLiteError) {
        let (seconds, attoseconds) = busyTimeout.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        try check(unsafe sqlite3_busy_timeout(handle, Int32(clamping: milliseconds)))
        for (option, value) in [
            // SQL text cannot damage the file format.
            (SQLITE_DBCONFIG_DEFENSIVE, 1),
            // A misspelt column in double quotes is an error, not a text.
            (SQLITE_DBCONFIG_DQS_DML, 0), (SQLITE_DBCONFIG_DQS_DDL, 0),
            // Functions with side effects are not called from a schema that somebody put into the file.
            (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
        ] {
            try check(unsafe gathering_sqlite_configure(handle, Int32(option), Int32(value)))
        }
        if access == .readWrite {
            let mode: String? = try first("PRAGMA journal_mode = WAL")
            guard mode == "wal" else {
                let reason =
                    "expected a file system that permits a write-ahead log, found journal mode \(mode ?? "none")"
                throw SQLiteError(.cannotOpen, path: path, reason: reason)
            }
        } else {
            let _: Int? = try first("PRAGMA schema_version")
        }
        // After each commit the log is on the disk: a cursor that moved stays moved when the power goes.
        try execute("PRAGMA synchronous = FULL")
        try execute("PRAGMA foreign_keys = ON")
        // Bytes that the log keeps on disk once its content is in the database.
        try execute("PRAGMA journal_size_limit = 67108864")
    }

    /// Turns a result code into our error, with SQLite's message of this moment.
    func check(_ code: Int32, _ statement: String? = nil) throws(SQLiteError) {
        guard code != SQLITE_OK else { return }
        throw failure(code, statement)
    }

    func failure(_ code: Int32, _ statement: String?) -> SQLiteError {
        unsafe SQLiteError(
            resultCode: code, systemCode: sqlite3_system_errno(handle), path: path, statement: statement,
            reason: String(cString: sqlite3_errmsg(handle)))
    }

    /// The statement with this text, newly compiled or from those prepared before. It goes back when the value ends.
    /// - Throws: `SQLiteError`, `invalidStatement` for a text that is not exactly one statement.
    package func prepare(_ text: String) throws(SQLiteError) -> Statement {
        if let statement = unsafe idle.removeValue(forKey: text) {
            return unsafe Statement(statement, text, self)
        }
        let (compiled, rest) = try unsafe compile(text[...], SQLITE_PREPARE_PERSISTENT)
        guard let statement = unsafe compiled, !rest.contains(where: { !$0.isWhitespace && $0 != ";" }) else {
            unsafe sqlite3_finalize(compiled)
            throw SQLiteError(
                .invalidStatement, path: path, statement: text, reason: "expected one statement, found none or several")
        }
        return unsafe Statement(statement, text, self)
    }

    /// Compiles the first statement of a text; none where only spaces and comments are left.
    func compile(
        _ text: Substring, _ flags: Int32
    ) throws(SQLiteError) -> (statement: OpaquePointer?, rest: Substring) {
        var statement: OpaquePointer?
        var used = 0
        var copy = text
        let code = copy.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                guard let start = characters.baseAddress else { return SQLITE_OK }
                var tail: UnsafePointer<CChar>?
                let code = unsafe sqlite3_prepare_v3(
                    handle, start, Int32(clamping: characters.count), UInt32(flags), &statement, &tail)
                if let tail = unsafe tail { unsafe used = tail - start }
                return code
            }
        }
        try check(code, String(text))
        return unsafe (statement, copy[copy.utf8.index(copy.startIndex, offsetBy: used)...])
    }

    /// Takes a statement back, clean, for the next `prepare` of its text.
    func giveBack(_ statement: OpaquePointer, _ text: String) {
        guard unsafe idle.count < Self.idleLimit, unsafe idle[text] == nil else {
            unsafe sqlite3_finalize(statement)
            return
        }
        // The answer repeats what the last step said; whoever stepped has seen it.
        unsafe sqlite3_reset(statement)
        unsafe sqlite3_clear_bindings(statement)
        unsafe idle[text] = statement
    }
}
