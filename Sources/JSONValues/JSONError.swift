/// Why a text is no JSON. Nothing of its content is in the message.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Equatable, Sendable {
        case empty
        case malformed
        /// The bytes from this one on, counted from 0, are no UTF-8.
        case badText(offset: Int)
        /// Lists and objects inside each other beyond the limit.
        case tooDeep
        /// A number that no computer's has.
        case badNumber
        case noMemory
    }

    package let code: Code
    /// Bytes of the text.
    package let size: Int

    package var description: String {
        switch code {
        case .empty: "expected JSON, found nothing"
        case .malformed: "expected JSON, found \(size) bytes that are none"
        case .badText(let offset): "expected JSON, found bytes that are no UTF-8, the first of them at \(offset)"
        case .tooDeep: "expected JSON of at most \(JSONDocument.depthLimit) levels, found more"
        case .badNumber: "expected JSON, found a number that is none or too large"
        case .noMemory: "there is no memory to read JSON of \(size) bytes"
        }
    }
}
