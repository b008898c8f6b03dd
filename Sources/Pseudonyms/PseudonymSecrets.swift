import FoundationEssentials

/// What turns personal values of one project into pseudonyms: the controller's registration answer, which the
/// agent keeps as it came. Never printed: its description names no value.
package struct PseudonymSecrets: Sendable, CustomStringConvertible {
    package let salt: String
    package let pepper: String
    package let usernameRules: [UsernameRule]

    package init(salt: String, pepper: String, usernameRules: [UsernameRule] = []) {
        self.salt = salt
        self.pepper = pepper
        self.usernameRules = usernameRules
    }

    /// Reads the content of a `secrets.json`.
    package init(json: [UInt8]) throws(PseudonymError) {
        do {
            let file = try JSONDecoder().decode(SecretsFile.self, from: Data(json))
            salt = file.salts.salt
            pepper = file.salts.pepper
            usernameRules = file.usernames ?? []
        } catch let error as DecodingError {
            throw PseudonymError(.malformedSecrets, subject: error.jsonPath)
        } catch {
            throw PseudonymError(.malformedSecrets, subject: "secrets.json")
        }
    }

    package var description: String { "<redacted>" }
}

/// Decides how account names are brought into one form before they become pseudonyms.
package struct UsernameRule: Decodable, Sendable {
    /// Literal text in which `%` stands for any text and `_` for one character.
    package let prefix: String
    /// A regular expression whose matches are replaced.
    package let pattern: String?
    /// What replaces a match; `$1` is the first group.
    package let replace: String?
    /// `lower` or nothing.
    package let mutate: String?

    package init(prefix: String, pattern: String? = nil, replace: String? = nil, mutate: String? = nil) {
        self.prefix = prefix
        self.pattern = pattern
        self.replace = replace
        self.mutate = mutate
    }
}

private struct SecretsFile: Decodable {
    struct Salts: Decodable {
        let salt: String
        let pepper: String
    }
    let salts: Salts
    let usernames: [UsernameRule]?
}

extension DecodingError {
    /// Where in the document the fault lies, e.g. `salts.pepper`; no value of it.
    fileprivate var jsonPath: String {
        let (path, missing): ([any CodingKey], String?) =
            switch self {
            case .keyNotFound(let key, let context): (context.codingPath, key.stringValue)
            case .typeMismatch(_, let context), .valueNotFound(_, let context): (context.codingPath, nil)
            case .dataCorrupted(let context): (context.codingPath, nil)
            @unknown default: ([], nil)
            }
        let names = path.map(\.stringValue) + (missing.map { [$0] } ?? [])
        return names.isEmpty ? "the document" : names.joined(separator: ".")
    }
}
