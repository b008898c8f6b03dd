/// What is wrong with a document. Nothing of its content is in the message.
package struct YAMLError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// It is no YAML, or it ends too early.
        case malformed
        /// A member has the name of another one beside it.
        case repeatedName
        /// A name that is no text.
        case badName
        /// Lists and members inside each other beyond the limit, or more values than are accepted.
        case tooLarge
        /// The parser has no memory left.
        case noMemory
    }

    package let code: Code
    /// Where it was noticed, counted from 1.
    package let line: Int
    /// The parser's own reason, free of data.
    package let reason: String

    init(_ code: Code, line: Int, reason: String = "") {
        self.code = code
        self.line = line
        self.reason = reason
    }

    package var description: String {
        let fault =
            switch code {
            case .malformed: "expected YAML, found something else"
            case .repeatedName: "expected each name once, found one a second time"
            case .badName: "expected a text as a name, found something else"
            case .tooLarge: "expected at most \(YAMLDocument.depthLimit) levels and \(YAMLDocument.valueLimit) values"
            case .noMemory: "there is no memory to read it"
            }
        return reason.isEmpty ? fault : "\(fault): \(reason)"
    }
}
