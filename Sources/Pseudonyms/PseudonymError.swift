/// Why pseudonyms cannot be made. No value and no secret is part of it.
package struct PseudonymError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// `secrets.json` lacks a member or is not JSON.
        case malformedSecrets
        /// A username rule's pattern is not a regular expression.
        case invalidPattern
    }

    package let code: Code
    /// The member or the rule's number.
    package let subject: String

    init(_ code: Code, subject: String) {
        self.code = code
        self.subject = subject
    }

    package var description: String {
        switch code {
        case .malformedSecrets:
            "the secrets are not usable at \(subject): expected JSON with the texts salts.salt and salts.pepper"
        case .invalidPattern: "username rule \(subject) of the secrets has a pattern that is not a regular expression"
        }
    }
}
