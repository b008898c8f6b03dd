/// What is wrong with a document. Nothing of its content is in the message.
package struct XMLError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// It is not well-formed, or it ends too early.
        case malformed
        /// It declares a document type, which could declare entities; nothing that we read has one.
        case documentType
        /// More elements inside each other than the limit.
        case tooDeep
        /// A text or a tag beyond the limit.
        case tooLarge
        /// The parser has no memory left.
        case noMemory
    }

    package let code: Code
    /// What the document is, e.g. "svn log".
    package let document: String
    /// The line at which it was noticed, counted from 1.
    package let line: Int
    /// The parser's own reason, free of data.
    package let reason: String

    init(_ code: Code, _ document: String, line: Int, reason: String = "") {
        self.code = code
        self.document = document
        self.line = line
        self.reason = reason
    }

    package var description: String {
        let fault =
            switch code {
            case .malformed: "is not well-formed XML"
            case .documentType: "declares a document type, which is not accepted"
            case .tooDeep: "nests its elements deeper than is accepted"
            case .tooLarge: "holds a text or a tag larger than is accepted"
            case .noMemory: "cannot be read for want of memory"
            }
        return "the XML of \(document) \(fault) (line \(line))" + (reason.isEmpty ? "" : ": \(reason)")
    }
}
