internal import CPostgreSQL
import Glibc

/// Owns one connection to a PostgreSQL server and the statements prepared on it.
///
/// Deliberately not `Sendable`: one owner keeps it. Calls block; the owner needs its own executor. A connection that
/// broke is made again by the next call outside a transaction.
@safe package final class ServerConnection {
    private let handle: OpaquePointer
    /// The names of prepared statements by their texts.
    private var prepared: [String: String] = [:]

    /// Statements kept prepared; made-up texts must not fill the server's memory.
    private static let preparedLimit = 128

    /// What a statement gave.
    package struct Answer {
        /// The type of each column, as the server numbers them (`SELECT oid, typname FROM pg_type`).
        package let types: [UInt32]
        package let rows: [[String?]]
        /// Rows that an insert, update or delete changed.
        package let changes: Int
    }

    /// - Parameter address: as libpq takes it, e.g. `postgresql://user:password@host:5432/database?sslmode=verify-full`.
    /// - Throws: `PostgreSQLError`, `unreachable` or `refused`.
    package init(_ address: String) throws(PostgreSQLError) {
        // What the address itself says comes later and so counts.
        let options = [
            ("connect_timeout", "10"), ("application_name", "gathering-controller"), ("keepalives_idle", "30"),
            ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "60000"),
            ("client_encoding", "UTF8"), ("dbname", address),
        ]
        unsafe handle = try Self.connect(options)
        // Otherwise notices such as "relation exists, skipping" go to standard error.
        unsafe PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard unsafe PQstatus(handle) == CONNECTION_OK else {
            throw Self.connectFailure(unsafe String(cString: PQerrorMessage(handle)))
        }
        try settle()
    }

    deinit { unsafe PQfinish(handle) }

    private static func connect(_ options: [(String, String)]) throws(PostgreSQLError) -> OpaquePointer {
        let names = unsafe options.map { unsafe strdup($0.0) }
        let values = unsafe options.map { unsafe strdup($0.1) }
        defer {
            unsafe names.forEach { unsafe free($0) }
            unsafe values.forEach { unsafe free($0) }
        }
        let namePointers = unsafe names.map { unsafe UnsafePointer($0) } + [nil]
        let valuePointers = unsafe values.map { unsafe UnsafePointer($0) } + [nil]
        guard let handle = unsafe PQconnectdbParams(namePointers, valuePointers, 1) else {
            throw PostgreSQLError(.other, reason: "no memory for a connection")
        }
        return unsafe handle
    }

    /// The library's message names host and user, never the password.
    private static func connectFailure(_ message: String) -> PostgreSQLError {
        let refusals = ["authentication failed", "does not exist", "no pg_hba.conf entry", "no password supplied"]
        let isRefused = refusals.contains { part in
            message.utf8.count >= part.utf8.count && message.split(separator: part, maxSplits: 1).count > 1
                || message.hasSuffix(part) || message.hasSuffix(part + "\n")
        }
        return PostgreSQLError(isRefused ? .refused : .unreachable, reason: trimmed(message))
    }

    /// What holds for the whole session: waits have an end, and times are UTC.
    private func settle() throws(PostgreSQLError) {
        try run(
            """
            SET lock_timeout = '60s'; SET idle_in_transaction_session_timeout = '15min'; SET TIME ZONE 'UTC';
            SET standard_conforming_strings = on; SET client_min_messages = warning
            """)
    }

    /// Whether a transaction is open, perhaps a failed one.
    package var isInTransaction: Bool {
        let status = unsafe PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE
    }

    /// Makes a broken connection again. Nothing of a transaction that was open is left, so call it outside of one.
    package func revive() throws(PostgreSQLError) {
        guard unsafe PQstatus(handle) != CONNECTION_OK else { return }
        prepared = [:]
        unsafe PQreset(handle)
        guard unsafe PQstatus(handle) == CONNECTION_OK else {
            throw Self.connectFailure(unsafe String(cString: PQerrorMessage(handle)))
        }
        try settle()
    }

    /// Runs statements without values, separated by semicolons.
    package func run(_ script: String) throws(PostgreSQLError) {
        let result = unsafe PQexec(handle, script)
        defer { unsafe PQclear(result) }
        try unsafe check(result, script)
    }

    /// Runs one statement with values for `$1`, `$2`…, as texts.
    package func execute(_ text: String, _ values: [String?]) throws(PostgreSQLError) -> Answer {
        let name = try prepare(text)
        let copies = unsafe values.map { value in unsafe value.map { unsafe strdup($0) } ?? nil }
        defer { unsafe copies.forEach { unsafe free($0) } }
        let pointers = unsafe copies.map { unsafe UnsafePointer($0) }
        let result = unsafe PQexecPrepared(handle, name, Int32(pointers.count), pointers, nil, nil, 0)
        defer { unsafe PQclear(result) }
        try unsafe check(result, text)
        return unsafe answer(result)
    }

    private func prepare(_ text: String) throws(PostgreSQLError) -> String {
        if let name = prepared[text] { return name }
        if prepared.count >= Self.preparedLimit {
            try run("DEALLOCATE ALL")
            prepared = [:]
        }
        let name = "s\(prepared.count)"
        let result = unsafe PQprepare(handle, name, text, 0, nil)
        defer { unsafe PQclear(result) }
        try unsafe check(result, text)
        prepared[text] = name
        return name
    }

    private func answer(_ result: OpaquePointer?) -> Answer {
        let columns = unsafe PQnfields(result)
        let types = (0..<columns).map { unsafe PQftype(result, $0) }
        let rows = unsafe (0..<PQntuples(result)).map { row in
            (0..<columns).map { column in
                unsafe PQgetisnull(result, row, column) == 1
                    ? nil : unsafe String(cString: PQgetvalue(result, row, column))
            }
        }
        return Answer(types: types, rows: rows, changes: unsafe Int(String(cString: PQcmdTuples(result))) ?? 0)
    }

    // MARK: Bulk

    /// Begins `COPY … FROM STDIN`; `send` and then `finishCopy` follow.
    package func beginCopy(_ statement: String) throws(PostgreSQLError) {
        let result = unsafe PQexec(handle, statement)
        defer { unsafe PQclear(result) }
        guard unsafe PQresultStatus(result) == PGRES_COPY_IN else {
            throw unsafe failure(result, statement)
        }
    }

    /// Sends lines of the text form (https://www.postgresql.org/docs/15/sql-copy.html).
    package func send(_ bytes: ArraySlice<UInt8>) throws(PostgreSQLError) {
        let code = unsafe bytes.withUnsafeBytes { buffer in
            unsafe PQputCopyData(
                handle, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: buffer.count))
        }
        guard code == 1 else { throw PostgreSQLError(.unreachable, reason: lastMessage) }
    }

    /// Ends the copy.
    /// - Parameter reason: what went wrong on our side, so that nothing is kept; `nil` for nothing.
    package func finishCopy(failing reason: String? = nil) throws(PostgreSQLError) {
        let code = unsafe PQputCopyEnd(handle, reason)
        guard code == 1 else { throw PostgreSQLError(.unreachable, reason: lastMessage) }
        var problem: PostgreSQLError?
        while let result = unsafe PQgetResult(handle) {
            if unsafe PQresultStatus(result) != PGRES_COMMAND_OK, problem == nil {
                problem = unsafe failure(result, "COPY")
            }
            unsafe PQclear(result)
        }
        if reason == nil, let problem { throw problem }
    }

    // MARK: -

    private var lastMessage: String { Self.trimmed(unsafe String(cString: PQerrorMessage(handle))) }

    private func check(_ result: OpaquePointer?, _ statement: String) throws(PostgreSQLError) {
        let status = unsafe PQresultStatus(result)
        guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK else { throw unsafe failure(result, statement) }
    }

    /// The first line of what the server says; its `DETAIL` shows values.
    private func failure(_ result: OpaquePointer?, _ statement: String) -> PostgreSQLError {
        // 'C' and 'M': PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY, macros of characters.
        let state = unsafe PQresultErrorField(result, 67).map { unsafe String(cString: $0) } ?? ""
        let reason = unsafe PQresultErrorField(result, 77).map { unsafe String(cString: $0) } ?? lastMessage
        let isDataFault = state.hasPrefix("22")
        return PostgreSQLError(
            unsafe PQstatus(handle) == CONNECTION_OK ? PostgreSQLError.code(of: state) : .unreachable,
            statement: statement,
            reason: isDataFault ? "a value does not fit its column (SQLSTATE \(state))" : Self.trimmed(reason))
    }

    private static func trimmed(_ message: String) -> String {
        message.split(separator: "\n").first.map(String.init) ?? "no reason given"
    }
}
