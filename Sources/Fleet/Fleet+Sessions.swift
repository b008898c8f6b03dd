package import Cryptography
internal import Database
internal import Timestamps

/// Somebody is logged in.
package struct Session: Sendable {
    package let account: AccountName
    package let role: AccountRole
    /// What forms have to bring along, so that no other page can make a browser send them.
    package let formToken: String
}

/// Who is logged in. A session ends at its time, when somebody logs out, and with the account or its password.
extension Fleet {
    /// A working day: nobody has to log in twice on one, and what is left open overnight is over.
    package static let sessionLife = Duration.seconds(10 * 3600)

    /// Logs an account in whose password was found to be right.
    /// - Parameter password: the hash that it was compared with: an account that has another one by now gets no session.
    /// - Returns: what the browser shows from now on, which is kept nowhere; `nil` where the account has changed.
    package func openSession(of name: AccountName, password: PasswordHash) throws -> String? {
        let cookie = Base64.url.encode(Random.bytes(32))
        return try database.transaction {
            guard try passwordHash(of: name) == password else { return nil }
            try database.execute("DELETE FROM controller_sessions WHERE expires_at <= ?", now().seconds)
            try database.execute(
                "INSERT INTO controller_sessions (digest, name, form_token, expires_at) VALUES (?, ?, ?, ?)",
                Self.digest(ofCookie: cookie), name.text, Base64.url.encode(Random.bytes(24)),
                (now() + Self.sessionLife).seconds)
            try database.execute(
                "UPDATE controller_users SET logged_in_at = ? WHERE name = ?", now().rfc3339, name.text)
            try Self.$account.withValue(name) { try audit("logged-in", nil) }
            return cookie
        }
    }

    /// - Returns: `nil` where there is none, or it is over.
    package func session(_ cookie: String) throws -> Session? {
        try database.first(
            """
            SELECT s.name, u.role, s.form_token FROM controller_sessions s JOIN controller_users u ON u.name = s.name
            WHERE s.digest = ? AND s.expires_at > ?
            """, Self.digest(ofCookie: cookie), now().seconds
        ) { row in
            let role: String = try row[1]
            return Session(
                account: try AccountName(row[0]), role: AccountRole(rawValue: role) ?? .viewer, formToken: try row[2])
        }
    }

    /// Logs out.
    package func closeSession(_ cookie: String) throws {
        try database.transaction {
            guard let session = try session(cookie) else { return }
            try database.execute(
                "DELETE FROM controller_sessions WHERE digest = ?", Self.digest(ofCookie: cookie))
            try Self.$account.withValue(session.account) { try audit("logged-out", nil) }
        }
    }

    func endSessions(of name: AccountName) throws {
        try database.execute("DELETE FROM controller_sessions WHERE name = ?", name.text)
    }

    /// Somebody tried an account with a wrong password. Of names that no account has nothing is noted: it may be a
    /// password that was typed in the wrong field.
    package func noteWrongPassword(of name: AccountName, from address: String) throws {
        guard try account(name) != nil else { return }
        try audit("login-refused", nil, detail: "\(name) \(address)")
    }

    private static func digest(ofCookie cookie: String) -> String { SHA256.digest(of: Array(cookie.utf8)).hex }
}
