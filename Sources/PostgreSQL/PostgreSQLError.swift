/// What went wrong with a server: which statement, and the server's own reason. Values never appear in it, nor does the
/// address, which may hold a password.
package struct PostgreSQLError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// No connection can be made, or the one there was is gone.
        case unreachable
        /// The server does not let us in: password, rights, unknown database.
        case refused
        /// Somebody else held what was asked for longer than we wait, or two waited for each other.
        case locked
        /// A row with this key exists.
        case duplicate
        /// Another rule of the schema, or a value that does not fit its column.
        case constraint
        /// No room for the change.
        case diskFull
        /// The database was written by a newer version of the program.
        case newerSchema
        /// The text names what is not there or is no statement.
        case invalidStatement
        case other
    }

    package let code: Code
    /// The text of the statement, where there is one.
    package let statement: String?
    package let reason: String

    package init(_ code: Code, statement: String? = nil, reason: String) {
        self.code = code
        self.statement = statement
        self.reason = reason
    }

    /// Whether the same call cannot succeed later without a change of program or server.
    package var isPermanent: Bool {
        switch code {
        case .unreachable, .locked, .diskFull, .other: false
        default: true
        }
    }

    package var description: String {
        let text = statement.map { " in \"\(Self.singleLine($0))\"" } ?? ""
        return "PostgreSQL: \(reason)\(text)"
    }

    /// What the operator can do about it.
    package var advice: String? {
        switch code {
        case .unreachable: "See that the server runs and that STORE names its host, port and database."
        case .refused: "Compare user, password and database in STORE with what the server knows; it logs each refusal."
        case .diskFull: "Make room on the disk of the database server."
        case .newerSchema: "Use the version of the program that wrote the database, or a newer one."
        default: nil
        }
    }

    /// - Parameter state: the SQLSTATE (https://www.postgresql.org/docs/15/errcodes-appendix.html).
    static func code(of state: String) -> Code {
        switch state {
        case "23505": return .duplicate
        case "55P03", "40P01", "40001", "57014": return .locked
        case "53100": return .diskFull
        case "3D000", "42501": return .refused
        case "57P01", "57P02", "57P03": return .unreachable
        default: break
        }
        switch state.prefix(2) {
        case "08", "": return .unreachable
        case "22", "23": return .constraint
        case "28": return .refused
        case "42": return .invalidStatement
        default: return .other
        }
    }

    private static func singleLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count <= 120 ? line : line.prefix(119) + "…"
    }
}
