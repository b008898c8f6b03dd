import ControllerAPI
import Cryptography
internal import Database

/// Why salts cannot be used, which is for the operator to mend.
package enum SaltsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// They are encrypted, and there is no key.
    case noKey
    /// They are encrypted with another key.
    case wrongKey

    package var description: String {
        switch self {
        case .noKey: "the salts in the store are encrypted, and SALTS_KEY is not set"
        case .wrongKey: "the salts in the store are encrypted with another key than that of SALTS_KEY"
        }
    }

    package var advice: String? {
        switch self {
        case .noKey: "Set SALTS_KEY or SALTS_KEY_FILE to the key that they were encrypted with. Nothing was changed."
        case .wrongKey:
            "Set SALTS_KEY or SALTS_KEY_FILE to the key of before: without it no pseudonym can be made again. "
                + "Nothing was changed."
        }
    }
}

/// The secrets behind pseudonyms, encrypted where there is a key.
extension Fleet {
    /// What keys of salts are derived for.
    package static let saltsPurpose = "gathering salts 1"

    /// Sees that all salts can be read, and encrypts those that are not while there is a key.
    /// - Returns: how many were encrypted.
    /// - Throws: `SaltsError`.
    @discardableResult
    package func secureSalts() throws -> Int {
        try database.transaction {
            let projects = try database.all("SELECT project, salt, pepper FROM controller_projects") { row in
                (place: try row[0] as String, salt: try row[1] as String, pepper: try row[2] as String)
            }
            let shared = try database.all("SELECT salt, pepper FROM controller_shared_salts") { row in
                (place: Self.shared, salt: try row[0] as String, pepper: try row[1] as String)
            }
            var count = 0
            for found in projects + shared {
                let opened = try opened(found.salt, found.pepper, found.place)
                guard saltsKey != nil, !SecretBox.isSealed(found.salt) || !SecretBox.isSealed(found.pepper) else {
                    continue
                }
                let closed = try closed(opened, found.place)
                if found.place == Self.shared {
                    try database.execute(
                        "UPDATE controller_shared_salts SET salt = ?, pepper = ?", closed.salt, closed.pepper)
                } else {
                    try database.execute(
                        "UPDATE controller_projects SET salt = ?, pepper = ? WHERE project = ?", closed.salt,
                        closed.pepper, found.place)
                }
                count += 1
            }
            if count > 0 { try audit("salts-encrypted", nil, detail: "\(count)") }
            return count
        }
    }

    /// Makes the salts that all projects share, unless there are some.
    package func makeSharedSalts() throws {
        let salts = try closed(Self.newSalts(), Self.shared)
        try database.execute(
            "INSERT INTO controller_shared_salts (id, salt, pepper) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
            salts.salt, salts.pepper)
    }

    /// Makes a project and its salts, unless there is one.
    func make(_ project: ProjectKey) throws {
        let salts = try closed(Self.newSalts(), project.text)
        try database.execute(
            "INSERT INTO controller_projects (project, salt, pepper) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            project.text, salts.salt, salts.pepper)
    }

    func salts(of project: ProjectKey) throws -> Salts {
        let salts = try database.first("SELECT salt, pepper FROM controller_projects WHERE project = ?", project.text) {
            row in (try row[0] as String, try row[1] as String)
        }
        guard let salts else { throw Refusal.notEntitled }
        return try opened(salts.0, salts.1, project.text)
    }

    func sharedSalts() throws -> Salts? {
        let salts = try database.first("SELECT salt, pepper FROM controller_shared_salts") { row in
            (try row[0] as String, try row[1] as String)
        }
        return try salts.map { try opened($0.0, $0.1, Self.shared) }
    }

    /// No project has this key.
    private static var shared: String { "*" }

    private static func newSalts() -> Salts {
        Salts(
            salt: Base64.standard.encode(Random.bytes(24)), pepper: Base64.standard.encode(Random.bytes(24)))
    }

    private func closed(_ salts: Salts, _ place: String) throws -> Salts {
        guard let saltsKey else { return salts }
        return Salts(
            salt: try saltsKey.seal(salts.salt, for: "\(place) salt"),
            pepper: try saltsKey.seal(salts.pepper, for: "\(place) pepper"))
    }

    private func opened(_ salt: String, _ pepper: String, _ place: String) throws -> Salts {
        func open(_ text: String, _ name: String) throws -> String {
            guard SecretBox.isSealed(text) else { return text }
            guard let saltsKey else { throw SaltsError.noKey }
            do throws(CryptographyError) {
                return try saltsKey.open(text, for: "\(place) \(name)")
            } catch {
                throw SaltsError.wrongKey
            }
        }
        return Salts(salt: try open(salt, "salt"), pepper: try open(pepper, "pepper"))
    }
}
