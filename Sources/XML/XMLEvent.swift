/// What a document says next.
package enum XMLEvent: Equatable, Sendable {
    /// An element begins. Names are as written, a prefix included.
    case start(name: String, attributes: [String: String])
    case end(name: String)
    /// All text up to the next tag, white space included; references to characters are resolved.
    case text(String)
}
