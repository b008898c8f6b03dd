/// A value in a text of JSON, read where it lies: nothing is made of what nobody asks for. What is not there is null.
package struct JSONNode: Sendable {
    let document: JSONDocument
    let place: Int

    init(_ document: JSONDocument, _ place: Int) {
        self.document = document
        self.place = place
    }

    /// Reads a text: UTF-8, at most 512 levels.
    /// - Throws: `JSONError`
    package init(_ content: [UInt8]) throws(JSONError) {
        self.init(try JSONDocument(content), JSONDocument.whole)
    }

    /// A member of an object; of several of one name the first.
    package subscript(name: String) -> JSONNode { JSONNode(document, document.member(name, of: place)) }

    package var isNull: Bool {
        switch document.tag(place) {
        case JSONDocument.Tag.object, JSONDocument.Tag.array, JSONDocument.Tag.text, JSONDocument.Tag.signed,
            JSONDocument.Tag.unsigned, JSONDocument.Tag.double, JSONDocument.Tag.yes, JSONDocument.Tag.no:
            false
        default: true
        }
    }

    /// Whether there is anything, be it null.
    var isThere: Bool { place > 0 }

    package var isObject: Bool { document.tag(place) == JSONDocument.Tag.object }

    /// The entries of a list; `nil` for anything else.
    package var list: JSONList? { document.tag(place) == JSONDocument.Tag.array ? JSONList(self) : nil }

    /// The entries of a list; none where there is none.
    package var entries: JSONList { JSONList(self) }

    /// The members of an object in their order; `nil` for anything else.
    package var members: JSONMemberList? { isObject ? JSONMemberList(self) : nil }

    package var string: String? { document.tag(place) == JSONDocument.Tag.text ? document.text(place) : nil }

    package var flag: Bool? {
        switch document.tag(place) {
        case JSONDocument.Tag.yes: true
        case JSONDocument.Tag.no: false
        default: nil
        }
    }

    /// A number without a fraction that fits.
    package var integer: Int? {
        switch document.tag(place) {
        case JSONDocument.Tag.signed: document.integer(place)
        case JSONDocument.Tag.double: Int(exactly: document.double(place))
        default: nil
        }
    }

    var unsigned: UInt64? { document.tag(place) == JSONDocument.Tag.unsigned ? document.unsigned(place) : nil }

    package var number: Double? {
        switch document.tag(place) {
        case JSONDocument.Tag.signed: Double(document.integer(place))
        case JSONDocument.Tag.unsigned: Double(document.unsigned(place))
        case JSONDocument.Tag.double: document.double(place)
        default: nil
        }
    }

    /// A text or a number as text; a whole number without a fraction.
    package var plain: String? {
        switch document.tag(place) {
        case JSONDocument.Tag.text: document.text(place)
        case JSONDocument.Tag.signed: String(document.integer(place))
        case JSONDocument.Tag.unsigned, JSONDocument.Tag.double: JSONValue.number(number ?? 0).plain
        default: nil
        }
    }

    /// With all that is inside.
    package var value: JSONValue {
        switch document.tag(place) {
        case JSONDocument.Tag.object:
            .object(Dictionary(JSONMemberList(self).map { ($0.name, $0.node.value) }) { first, _ in first })
        case JSONDocument.Tag.array: .array(entries.map(\.value))
        case JSONDocument.Tag.text: .text(document.text(place))
        case JSONDocument.Tag.signed: .integer(document.integer(place))
        case JSONDocument.Tag.unsigned, JSONDocument.Tag.double: .number(number ?? 0)
        case JSONDocument.Tag.yes: .boolean(true)
        case JSONDocument.Tag.no: .boolean(false)
        default: .null
        }
    }
}

/// The entries of a list, one after the other.
package struct JSONList: Sequence, IteratorProtocol, Sendable {
    private let document: JSONDocument
    private var place: Int
    private let end: Int

    /// None, where the node is no list.
    init(_ node: JSONNode) {
        document = node.document
        let isList = document.tag(node.place) == JSONDocument.Tag.array
        place = node.place + 1
        end = isList ? document.end(node.place) - 1 : place
    }

    package var isEmpty: Bool { place >= end }
    package var first: JSONNode? { isEmpty ? nil : JSONNode(document, place) }
    package var count: Int { reduce(0) { count, _ in count + 1 } }

    package mutating func next() -> JSONNode? {
        guard !isEmpty else { return nil }
        defer { place = document.end(place) }
        return JSONNode(document, place)
    }
}

/// The members of an object, one after the other.
package struct JSONMemberList: Sequence, IteratorProtocol, Sendable {
    private let document: JSONDocument
    private var place: Int
    private let end: Int

    init(_ node: JSONNode) {
        document = node.document
        place = node.place + 1
        end = node.isObject ? document.end(node.place) - 1 : place
    }

    package mutating func next() -> (name: String, node: JSONNode)? {
        guard place < end else { return nil }
        defer { place = document.end(place + 1) }
        return (document.text(place), JSONNode(document, place + 1))
    }
}
