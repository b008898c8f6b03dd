/// Named values in the form `application/x-www-form-urlencoded`, of a body or of the query of a URL.
package struct FormFields: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What is accepted of a peer.
    package struct Limits: Sendable {
        /// Bytes of the encoded text.
        package var bytes: Int
        package var fields: Int
        /// Bytes of a decoded name.
        package var nameBytes: Int

        package init(bytes: Int, fields: Int, nameBytes: Int) {
            self.bytes = bytes
            self.fields = fields
            self.nameBytes = nameBytes
        }

        /// A notification of 8,000 parts has 1 MiB (about 130 bytes a part once encoded).
        package static let body = Limits(bytes: 1 << 20, fields: 64, nameBytes: 128)
        /// Servers refuse longer targets anyway.
        package static let query = Limits(bytes: 8 << 10, fields: 64, nameBytes: 128)
    }

    /// In the order of the text, repeated names included.
    package let fields: [Field]

    package init(_ fields: [Field]) { self.fields = fields }

    package init(_ fields: KeyValuePairs<String, String>) { self.fields = fields.map { Field($0.key, $0.value) } }

    /// Reads a body. Empty text is no fields; a field without `=` or name, a broken escape, or what is not UTF-8 are errors.
    package init(body: [UInt8], limits: Limits = .body) throws(WireError) {
        fields = try Self.decode(body, limits: limits, subject: "form")
    }

    /// Reads the query of a URL, without the question mark.
    package init(query: String, limits: Limits = .query) throws(WireError) {
        fields = try Self.decode(Array(query.utf8), limits: limits, subject: "query")
    }

    /// The text of a body.
    package var body: String { encoded { PercentEncoding.encode($0, space: "+") } }

    /// The text of a query, without the question mark.
    package var query: String { encoded { PercentEncoding.encode($0, space: "%20") } }

    /// All values of a name, in order.
    package func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// The value of a name; `nil` where there is none.
    /// - Throws: `WireError` `.repeated`.
    package func value(_ name: String) throws(WireError) -> String? {
        let values = values(name)
        guard values.count <= 1 else {
            throw WireError(.repeated, "parameter `\(name)`", expected: "one value", found: "\(values.count)")
        }
        return values.first
    }

    /// The value of a name, which is not empty.
    /// - Throws: `WireError` `.missing` or `.repeated`.
    package func required(_ name: String) throws(WireError) -> String {
        guard let value = try value(name), !value.isEmpty else {
            throw WireError(.missing, "parameter `\(name)`", expected: "one value", found: "none")
        }
        return value
    }

    private func encoded(_ encode: (String) -> String) -> String {
        fields.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
    }

    private static func decode(_ text: [UInt8], limits: Limits, subject: String) throws(WireError) -> [Field] {
        guard text.count <= limits.bytes else {
            throw WireError(
                .tooLarge, subject, expected: "at most \(limits.bytes) bytes", found: "\(text.count)")
        }
        if text.isEmpty { return [] }
        let pairs = text.split(
            separator: UInt8(ascii: "&"), maxSplits: limits.fields, omittingEmptySubsequences: false)
        guard pairs.count <= limits.fields else {
            throw WireError(.tooLarge, subject, expected: "at most \(limits.fields) fields", found: "more")
        }
        var fields: [Field] = []
        for pair in pairs {
            guard let separator = pair.firstIndex(of: UInt8(ascii: "=")), separator != pair.startIndex,
                let name = PercentEncoding.decode(pair[..<separator]),
                let value = PercentEncoding.decode(pair[pair.index(after: separator)...])
            else { throw WireError(.malformed, subject, expected: "fields `name=value`", found: "something else") }
            guard name.utf8.count <= limits.nameBytes else {
                throw WireError(
                    .tooLarge, subject, expected: "names of at most \(limits.nameBytes) bytes", found: "more")
            }
            fields.append(Field(name, value))
        }
        return fields
    }
}
