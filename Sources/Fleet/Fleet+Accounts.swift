package import Cryptography
internal import Database
internal import Timestamps

/// Who may log in to the fleet page. Passwords come here as hashes only: making one takes its time, which is not the
/// fleet's.
extension Fleet {
    /// In the order of their names.
    package func accounts() throws -> [Account] {
        try database.all("SELECT \(Account.columns) FROM controller_users ORDER BY name", row: Account.init)
    }

    package func account(_ name: AccountName) throws -> Account? {
        try database.first(
            "SELECT \(Account.columns) FROM controller_users WHERE name = ?", name.text, row: Account.init)
    }

    /// - Throws: `AccountError.exists`.
    package func addAccount(_ name: AccountName, _ role: AccountRole, password: PasswordHash) throws {
        let now = now().rfc3339
        try database.transaction {
            let isNew =
                try database.change(
                    """
                    INSERT INTO controller_users (name, role, password, added_at, password_set_at)
                    VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """, name.text, role.rawValue, password.description, now, now) == 1
            guard isNew else { throw AccountError.exists }
            try audit("account-added", nil, detail: "\(name) \(role.rawValue)")
        }
    }

    /// Ends all its sessions.
    /// - Throws: `AccountError.unknown`.
    package func setPassword(_ password: PasswordHash, of name: AccountName) throws {
        try changing(name, "account-password-set", detail: name.text) {
            try database.execute(
                "UPDATE controller_users SET password = ?, password_set_at = ? WHERE name = ?", password.description,
                now().rfc3339, name.text)
            try endSessions(of: name)
        }
    }

    /// - Throws: `AccountError`: `.unknown`, `.lastAdmin`.
    package func setRole(_ role: AccountRole, of name: AccountName) throws {
        try changing(name, "account-role-set", detail: "\(name) \(role.rawValue)") {
            if role != .admin { try requireAnotherAdmin(than: name) }
            try database.execute(
                "UPDATE controller_users SET role = ? WHERE name = ?", role.rawValue, name.text)
        }
    }

    /// Ends all its sessions.
    /// - Throws: `AccountError`: `.unknown`, `.lastAdmin`.
    package func removeAccount(_ name: AccountName) throws {
        try changing(name, "account-removed", detail: name.text) {
            try requireAnotherAdmin(than: name)
            try endSessions(of: name)
            try database.execute("DELETE FROM controller_users WHERE name = ?", name.text)
        }
    }

    private func changing(_ name: AccountName, _ event: String, detail: String, _ body: () throws -> Void) throws {
        try database.transaction {
            guard try account(name) != nil else { throw AccountError.unknown }
            try body()
            try audit(event, nil, detail: detail)
        }
    }

    private func requireAnotherAdmin(than name: AccountName) throws {
        guard try account(name)?.role == .admin else { return }
        let others: Int? = try database.first(
            "SELECT COUNT(*) FROM controller_users WHERE role = 'admin' AND name <> ?", name.text)
        guard (others ?? 0) > 0 else { throw AccountError.lastAdmin }
    }

    /// What is kept of an account's password; `nil` where there is no such account.
    package func passwordHash(of name: AccountName) throws -> PasswordHash? {
        let text: String? = try database.first("SELECT password FROM controller_users WHERE name = ?", name.text)
        return try text.map { text throws(CryptographyError) in try PasswordHash(text) }
    }
}
