/// What a controller answers to an agent that registers for one project (`POST /auth/agent`).
///
/// An agent of the reference stores it whole and looks at `salts` and `usernames` only.
package struct RegistrationAnswer: Hashable, Sendable, Codable {
    package let salts: Salts
    /// In the order in which they are tried.
    package let usernames: [UsernameRule]
    /// What our agents need besides; `nil` from a controller of the reference.
    package let controller: ControllerDetails?

    static let subject = "registration answer"

    package init(salts: Salts, usernames: [UsernameRule] = [], controller: ControllerDetails? = nil) {
        self.salts = salts
        self.usernames = usernames
        self.controller = controller
    }

    /// - Throws: `WireError` with the place in the JSON.
    package init(json: [UInt8]) throws(WireError) {
        self = try WireJSON.decode(Self.self, from: json, subject: Self.subject)
    }

    package func json() throws(WireError) -> [UInt8] { try WireJSON.encode(self, subject: Self.subject) }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        salts = try container.decode(Salts.self, forKey: .salts)
        usernames = try container.decodeIfPresent([UsernameRule].self, forKey: .usernames) ?? []
        controller = try container.decodeIfPresent(ControllerDetails.self, forKey: .controller)
    }
}

/// The secrets of a project that go into its pseudonyms. They never show in a description or a dump.
package struct Salts: Hashable, Sendable, Codable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Opaque text; its UTF-8 goes before the value.
    package let salt: String
    /// Opaque text; its UTF-8 goes after the value.
    package let pepper: String

    package init(salt: String, pepper: String) {
        self.salt = salt
        self.pepper = pepper
    }

    package var description: String { "<redacted>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// How user names that different systems write differently become one name, before they become a pseudonym.
package struct UsernameRule: Hashable, Sendable, Codable {
    package enum Mutation: String, Hashable, Sendable, Codable {
        case lower
    }

    /// What the name starts with: literal but for `%` (any characters) and `_` (one character).
    package let prefix: String
    /// A regular expression whose every match is replaced; without one the prefix is removed.
    package let pattern: String?
    /// What replaces it, with `$1` for the first group; nothing by default.
    package let replace: String?
    package let mutate: Mutation?

    package init(prefix: String, pattern: String? = nil, replace: String? = nil, mutate: Mutation? = nil) {
        self.prefix = prefix
        self.pattern = pattern
        self.replace = replace
        self.mutate = mutate
    }
}
