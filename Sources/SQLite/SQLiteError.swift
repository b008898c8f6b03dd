/// What went wrong with a database: which file, which statement, and SQLite's own reason.
/// Bound values never appear in it.
package struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// Another connection held the database for longer than the busy time-out.
        case locked
        /// No room for the change: disk, quota or the limit of the database.
        case diskFull
        /// The file is a database whose content is damaged.
        case corrupt
        /// The file is something other than a database.
        case notADatabase
        /// The file cannot be opened or created.
        case cannotOpen
        /// The file or the connection does not permit writing.
        case readOnly
        /// A row with this key exists.
        case duplicate
        /// Any other rule of the schema: foreign key, not null, check.
        case constraint
        /// The system failed to read or write the file.
        case inputOutput
        /// The database was written by a newer version of the program.
        case newerSchema
        /// A column holds another kind of value than was asked for.
        case wrongType
        /// The text is not one statement, names what is not there, or got the wrong number of values.
        case invalidStatement
        /// A value or a statement is beyond SQLite's limits.
        case tooLarge
        /// Everything else, e.g. no memory.
        case other
    }

    package let code: Code
    /// The path of the database.
    package let path: String
    /// The text of the statement, where there is one.
    package let statement: String?
    /// What was expected and what was found.
    package let reason: String
    /// SQLite's extended result code, the cause; 0 where this module found the fault.
    package let cause: Int32

    init(_ code: Code, path: String, statement: String? = nil, reason: String, cause: Int32 = 0) {
        self.code = code
        self.path = path
        self.statement = statement
        self.reason = reason
        self.cause = cause
    }

    /// Whether the same call cannot succeed later without a change of program, statement or file.
    package var isPermanent: Bool {
        switch code {
        case .locked, .diskFull, .inputOutput, .other: false
        default: true
        }
    }

    package var description: String {
        let text = statement.map { " in \"\(Self.singleLine($0))\"" } ?? ""
        return "database \(path): \(reason)\(text)"
    }

    /// What the operator can do about it.
    package var advice: String? {
        switch code {
        case .locked: "another process is using the database; try again when it is done"
        case .diskFull: "make room on the disk of \(path) and try again"
        case .corrupt, .notADatabase: "move \(path) away and restore it from a backup"
        case .newerSchema: "use the version of the program that wrote it, or a newer one"
        default: nil
        }
    }

    /// The statement without line breaks, cut at 120 characters.
    private static func singleLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count <= 120 ? line : line.prefix(119) + "…"
    }
}
