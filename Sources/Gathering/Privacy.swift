import ControllerAPI
import Files
package import Pseudonyms

/// What is done about personal values in one gathering.
package struct Privacy: Sendable {
    package let scope: PseudonymScope
    /// Whether names, logins and addresses in free text are replaced as well.
    package let scrubsText: Bool
    /// Those of the gathering.
    let people = KnownPeople()

    package init(scope: PseudonymScope = .all, scrubsText: Bool = false) {
        self.scope = scope
        self.scrubsText = scrubsText
    }

    private struct Stored: Codable {
        let values: [String]
        let accounts: [String]
    }

    /// Who was met before, so that a gathering of a few commits knows them too. It lies beside the copies of
    /// repositories, which have the same names, and only the agent's account can read it.
    private static func path(in directories: Gatherer.Directories) -> String { "\(directories.workspace)/people.json" }

    /// What replaces people in texts; `nil` where nothing does. Call it when all sources have been read.
    func filter(_ secrets: PseudonymSecrets?, in directories: Gatherer.Directories) throws -> TextScrubber? {
        let path = Self.path(in: directories)
        guard scrubsText, let secrets else {
            try Files.remove(path)
            return nil
        }
        if try Files.status(path) != nil {
            let known = try WireJSON.decode(Stored.self, from: Files.read(path, limit: 256 << 20), subject: "people")
            try people.add(values: known.values, accounts: known.accounts, secrets)
        }
        let (values, accounts) = people.stored
        let stored = Stored(values: values, accounts: accounts)
        try Files.write(WireJSON.encode(stored, subject: "people"), to: path, permissions: 0o600)
        return scrubber(secrets)
    }

    /// What replaces the people that were met in texts; `nil` where nothing does.
    package func scrubber(_ secrets: PseudonymSecrets?) -> TextScrubber? {
        guard scrubsText, let secrets else { return nil }
        return TextScrubber(secrets, people: people.pseudonyms)
    }
}
