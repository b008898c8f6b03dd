internal import CSQLite
import Glibc

extension SQLiteError {
    /// Translates a result code of SQLite.
    /// - Parameter systemCode: the `errno` of the failed system call, which tells a full disk from a broken one.
    init(resultCode: Int32, systemCode: Int32, path: String, statement: String?, reason: String) {
        let code = Self.code(of: resultCode, systemCode: systemCode)
        self.init(code, path: path, statement: statement, reason: reason, cause: resultCode)
    }

    private static func code(of resultCode: Int32, systemCode: Int32) -> Code {
        // The low byte is the kind, the rest says more about it: https://www.sqlite.org/rescode.html
        switch resultCode & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: .locked
        case SQLITE_FULL: .diskFull
        case SQLITE_CORRUPT: .corrupt
        case SQLITE_NOTADB: .notADatabase
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: .cannotOpen
        case SQLITE_READONLY: .readOnly
        case SQLITE_CONSTRAINT: isDuplicate(resultCode) ? .duplicate : .constraint
        // SQLite takes only ENOSPC for a full disk.
        case SQLITE_IOERR: [ENOSPC, EDQUOT, EFBIG].contains(systemCode) ? .diskFull : .inputOutput
        case SQLITE_ERROR, SQLITE_RANGE, SQLITE_SCHEMA, SQLITE_MISUSE: .invalidStatement
        case SQLITE_TOOBIG: .tooLarge
        case SQLITE_MISMATCH: .wrongType
        default: .other
        }
    }

    /// `SQLITE_CONSTRAINT_UNIQUE`, `_PRIMARYKEY` and `_ROWID`, macros with arithmetic that Swift does not import.
    private static func isDuplicate(_ resultCode: Int32) -> Bool { [8, 6, 10].contains(resultCode >> 8) }
}
