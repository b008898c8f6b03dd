/// Why something that came over the wire is not what was agreed. It never holds a value that came.
package struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// A parameter, field or member that has to be there is not.
        case missing
        /// It is there, but not in the agreed form.
        case malformed
        /// It may be there once only.
        case repeated
        /// More than is accepted.
        case tooLarge
        /// A signature that is not the expected key's over this content.
        case badSignature
    }

    package let code: Code
    /// What was read, with the place in it: `registration answer at $.salts.pepper`.
    package let subject: String
    package let expected: String
    package let found: String

    package init(_ code: Code, _ subject: String, expected: String, found: String) {
        self.code = code
        self.subject = subject
        self.expected = expected
        self.found = found
    }

    package var description: String { "\(subject): expected \(expected), found \(found)" }
}
