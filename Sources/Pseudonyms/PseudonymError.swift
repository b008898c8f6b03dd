/// A username rule whose pattern is not a regular expression. No value and no secret is part of it.
package struct PseudonymError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The rule's number in the secrets, from 1.
    package let rule: Int

    package var description: String {
        "username rule \(rule) of the project's secrets has a pattern that is not a regular expression"
    }
}
