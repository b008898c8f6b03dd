/// The key of a project, `ABC`: it names directories, database rows and parameters, hence the narrow alphabet.
package struct ProjectKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// - Throws: `WireError` unless the text is a key.
    package init(_ text: String) throws(WireError) {
        self.text = try KeyAlphabet.check(text, subject: "project key")
    }

    /// Whether a reference controller accepts it: letters only.
    package var isLegacySafe: Bool { KeyAlphabet.isLettersOnly(text) }

    package var description: String { text }

    package static func < (left: ProjectKey, right: ProjectKey) -> Bool { left.text < right.text }
}

/// The key under which an agent is registered. By custom it is the key of the agent's first project.
package struct AgentKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// - Throws: `WireError` unless the text is a key.
    package init(_ text: String) throws(WireError) {
        self.text = try KeyAlphabet.check(text, subject: "agent key")
    }

    /// Whether a reference controller accepts it: letters only.
    package var isLegacySafe: Bool { KeyAlphabet.isLettersOnly(text) }

    package var description: String { text }

    package static func < (left: AgentKey, right: AgentKey) -> Bool { left.text < right.text }
}

/// What keys are made of: `^[A-Z][A-Z0-9_]{0,19}$`, ASCII only.
enum KeyAlphabet {
    static let expected = "a capital letter and up to 19 capital letters, digits and underscores"

    static func check(_ text: String, subject: String) throws(WireError) -> String {
        guard !text.isEmpty else { throw WireError(.missing, subject, expected: expected, found: "nothing") }
        let bytes = Array(text.utf8)
        guard bytes.count <= 20, isLetter(bytes[0]), bytes.allSatisfy({ isLetter($0) || isOther($0) }) else {
            throw WireError(.malformed, subject, expected: expected, found: "another text")
        }
        return text
    }

    static func isLettersOnly(_ text: String) -> Bool { text.utf8.allSatisfy(isLetter) }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    private static func isOther(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
    }
}

extension ProjectKey: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.value(expected: KeyAlphabet.expected) { text throws(WireError) in try ProjectKey(text) }
    }

    package func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}

extension AgentKey: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.value(expected: KeyAlphabet.expected) { text throws(WireError) in try AgentKey(text) }
    }

    package func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}

extension Decoder {
    /// Reads a text that stands for a value.
    func value<Value>(expected: String, _ make: (String) throws(WireError) -> Value) throws -> Value {
        let text = try singleValueContainer().decode(String.self)
        do throws(WireError) {
            return try make(text)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath, debugDescription: "expected \(expected)",
                    underlyingError: InvalidValue(expected: expected)))
        }
    }
}

extension Encoder {
    func encodeText(_ text: String) throws {
        var container = singleValueContainer()
        try container.encode(text)
    }
}
