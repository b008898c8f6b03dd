import ControllerAPI
package import Cryptography
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
            var count = 0
            for found in try storedSalts() {
                let opened = try opened(found.salt, found.pepper, found.place)
                guard let saltsKey, !SecretBox.isSealed(found.salt) || !SecretBox.isSealed(found.pepper) else {
                    continue
                }
                try replace(try closed(opened, found.place, with: saltsKey), found.place)
                count += 1
            }
            if count > 0 { try audit("salts-encrypted", nil, detail: "\(count)") }
            return count
        }
    }

    /// Encrypts all salts with another key: whoever opens the store from now on needs that one.
    /// - Returns: how many there are.
    /// - Throws: `SaltsError`; nothing was changed then.
    package func rekeySalts(with key: SecretBox) throws -> Int {
        try database.transaction {
            let all = try storedSalts()
            for found in all {
                let opened = try opened(found.salt, found.pepper, found.place)
                try replace(try closed(opened, found.place, with: key), found.place)
            }
            try audit("salts-rekeyed", nil, detail: "\(all.count)")
            return all.count
        }
    }

    /// As they are in the store.
    private func storedSalts() throws -> [(place: String, salt: String, pepper: String)] {
        let projects = try database.all("SELECT project, salt, pepper FROM controller_projects") { row in
            (place: try row[0] as String, salt: try row[1] as String, pepper: try row[2] as String)
        }
        let shared = try database.all("SELECT salt, pepper FROM controller_shared_salts") { row in
            (place: Self.shared, salt: try row[0] as String, pepper: try row[1] as String)
        }
        return projects + shared
    }

    private func replace(_ salts: Salts, _ place: String) throws {
        if place == Self.shared {
            try database.execute(
                "UPDATE controller_shared_salts SET salt = ?, pepper = ?", salts.salt, salts.pepper)
        } else {
            try database.execute(
                "UPDATE controller_projects SET salt = ?, pepper = ? WHERE project = ?", salts.salt, salts.pepper, place
            )
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
        return try closed(salts, place, with: saltsKey)
    }

    private func closed(_ salts: Salts, _ place: String, with key: SecretBox) throws -> Salts {
        Salts(
            salt: try key.seal(salts.salt, for: "\(place) salt"),
            pepper: try key.seal(salts.pepper, for: "\(place) pepper"))
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
