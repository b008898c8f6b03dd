/// Header fields in their order; names are compared without regard to case (RFC 9110 §5.1).
package struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral, CustomStringConvertible,
    CustomReflectable
{
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package private(set) var fields: [Field]

    package init() { fields = [] }
    package init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first value of that name; setting replaces all of them, `nil` removes them.
    package subscript(name: String) -> String? {
        get { fields.first { Self.isSame($0.name, name) }?.value }
        set {
            fields.removeAll { Self.isSame($0.name, name) }
            if let newValue { fields.append(Field(name: name, value: newValue)) }
        }
    }

    package func values(of name: String) -> [String] { fields.filter { Self.isSame($0.name, name) }.map(\.value) }

    package mutating func add(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

    /// The names only: values may be secrets.
    package var description: String { fields.map(\.name).joined(separator: ", ") }
    package var customMirror: Mirror { Mirror(self, children: ["names": description]) }

    static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.lowercased() == right.lowercased()
    }

    /// Whether the field can be sent: a token as the name, no control characters but the tab in the value (RFC 9110 §5.5).
    static func isValid(_ field: Field) -> Bool {
        let marks = Set("!#$%&'*+-.^_`|~".utf8)
        return !field.name.isEmpty
            && field.name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || marks.contains(byte)
            } && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
