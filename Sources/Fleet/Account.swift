package import Cryptography
internal import Database

/// What somebody is called who logs in to the fleet page.
package struct AccountName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// 1 to 64 characters: small letters, digits, and after the first `.`, `_`, `-` and `@`, so that nobody has to
    /// remember how it was written.
    /// - Throws: `AccountError.badName`.
    package init(_ text: String) throws(AccountError) {
        func isPlain(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        let bytes = Array(text.utf8)
        guard (1...64).contains(bytes.count), isPlain(bytes[0]),
            bytes.allSatisfy({ isPlain($0) || Array("._-@".utf8).contains($0) })
        else { throw .badName }
        self.text = text
    }

    package var description: String { text }
}

/// What an account is for.
package enum AccountRole: String, Sendable, CaseIterable {
    /// Sees everything, and decides about agents and projects.
    case admin
    /// Sees everything.
    case viewer
}

/// Somebody who may log in.
package struct Account: Sendable {
    package let name: AccountName
    package let role: AccountRole
    /// RFC 3339, as all moments here.
    package let addedAt: String
    package let passwordSetAt: String?
    package let loggedInAt: String?

    static let columns = "name, role, added_at, password_set_at, logged_in_at"

    /// - Parameter row: the columns above.
    init(_ row: StoreRow) throws {
        name = try AccountName(row[0])
        let text: String = try row[1]
        guard let role = AccountRole(rawValue: text) else { throw AccountError.badRole }
        self.role = role
        addedAt = try row[2]
        passwordSetAt = try row[3]
        loggedInAt = try row[4]
    }
}

/// A password that may be an account's.
package struct AccountPassword: Sendable {
    private let bytes: [UInt8]

    /// Characters at least: what NIST SP 800-63B asks of passwords is eight beside a second factor, and more without.
    package static let least = 12
    /// Bytes at most: nobody types more, and each costs time.
    package static let most = 256

    /// - Throws: `AccountError`: `.shortPassword`, `.longPassword`, `.plainPassword`.
    package init(_ text: String, of name: AccountName) throws(AccountError) {
        guard text.count >= Self.least else { throw .shortPassword }
        guard text.utf8.count <= Self.most else { throw .longPassword }
        let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
        guard isPrintable, Set(text.unicodeScalars).count > 3,
            !text.lowercased().contains(name.text) || name.text.count < 4
        else { throw .plainPassword }
        bytes = Array(text.utf8)
    }

    /// Takes some tenths of a second.
    package func hash(_ cost: PasswordHash.Cost = .current) throws(CryptographyError) -> PasswordHash {
        try PasswordHash(of: bytes, cost: cost)
    }
}
