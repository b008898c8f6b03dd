/// Why a registry cannot be gathered. No value that came from it is part of the text.
package struct RegistryError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The form of the login did not lead to a session.
        case loginRefused
        /// The answer is not as the definition says.
        case unexpectedAnswer
    }

    package let code: Code
    /// Host and path.
    package let subject: String
    package let problem: String
    package let advice: String

    package var description: String { "\(subject): \(problem); \(advice)" }
}
