/// What stands in one element of a flat format: the texts of the elements in it, by name, and all attributes.
package struct XMLFields: Equatable, Sendable {
    /// The text of each element inside, however deep; the last one wins.
    package var texts: [String: String] = [:]
    /// The attributes of the element, and as `commit/revision` those of the elements inside.
    package var attributes: [String: String] = [:]
}

/// Reads the elements of one name out of a document, one after the other, and passes over all else.
package struct XMLFieldsReader {
    private let element: String
    private let reader: XMLReader

    package init(_ element: String, in reader: XMLReader) {
        self.element = element
        self.reader = reader
    }

    /// The next element; `nil` at the end of a well-formed document.
    package mutating func next() throws -> XMLFields? {
        var fields: XMLFields?
        var text = ""
        while let event = try reader.next() {
            switch event {
            case .start(element, let attributes) where fields == nil:
                fields = XMLFields(attributes: attributes)
            case .start(let name, let attributes):
                text = ""
                for (key, value) in attributes { fields?.attributes["\(name)/\(key)"] = value }
            case .text(let more): text = more
            case .end(element): return fields
            case .end(let name):
                fields?.texts[name] = text
                text = ""
            }
        }
        return nil
    }
}
