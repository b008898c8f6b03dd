internal import FoundationEssentials

/// JSON on the wire: members that nobody knows are ignored, missing ones are errors that name their place.
package enum WireJSON {
    /// Writes the value with its members in the order of their names, so that equal values give equal bytes.
    package static func encode(_ value: some Encodable, subject: String) throws(WireError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw WireError(.malformed, subject, expected: "a value that JSON can express", found: "another one")
        }
    }

    /// Reads one value.
    ///
    /// - Parameter subject: what is read, for the message: `registration answer`.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], subject: String
    ) throws(WireError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw translate(error, subject: subject)
        } catch {
            throw WireError(.malformed, subject, expected: "valid JSON", found: "something else")
        }
    }

    /// The library's own texts may quote the data: only places and types are taken over.
    private static func translate(_ error: DecodingError, subject: String) -> WireError {
        switch error {
        case .keyNotFound(let key, let context):
            return WireError(
                .missing, "\(subject) at \(place(context.codingPath + [key]))", expected: "a value", found: "none")
        case .valueNotFound(_, let context):
            return WireError(
                .missing, "\(subject) at \(place(context.codingPath))", expected: "a value", found: "null")
        case .typeMismatch(let type, let context):
            return WireError(
                .malformed, "\(subject) at \(place(context.codingPath))", expected: name(of: type),
                found: "another type")
        case .dataCorrupted(let context):
            let subject = "\(subject) at \(place(context.codingPath))"
            if let cause = context.underlyingError as? InvalidValue {
                return WireError(.malformed, subject, expected: cause.expected, found: "another value")
            }
            // Without a place it is the syntax, or a number beyond what Swift can hold.
            let expected = context.codingPath.isEmpty ? "valid JSON with whole numbers" : "a value in range"
            return WireError(.malformed, subject, expected: expected, found: "something else")
        @unknown default:
            return WireError(.malformed, subject, expected: "the agreed form", found: "another one")
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.reduce("$") { text, key in
            if let index = key.intValue { return "\(text)[\(index)]" }
            // Names are the sender's: nothing but plain ones goes into a message.
            let isPlain = key.stringValue.utf8.count <= 64 && key.stringValue.utf8.allSatisfy(isPlainByte)
            return "\(text).\(isPlain ? key.stringValue : "?")"
        }
    }

    private static func isPlainByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is Int.Type: "a whole number"
        case is [Any].Type: "a list"
        default: "an object"
        }
    }
}

/// The cause of a decoding error whose message may be shown: what was expected, in words.
struct InvalidValue: Error {
    let expected: String
}

extension KeyedDecodingContainer {
    /// Reads a text and makes the value it stands for; `nil` from `make` is an error that says what was expected.
    func decode<Value>(_ key: Key, expected: String, _ make: (String) -> Value?) throws -> Value {
        guard let value = make(try decode(String.self, forKey: key)) else {
            throw invalid(key, expected: expected)
        }
        return value
    }

    func invalid(_ key: Key, expected: String) -> DecodingError {
        .dataCorrupted(
            .init(
                codingPath: codingPath + [key], debugDescription: "expected \(expected)",
                underlyingError: InvalidValue(expected: expected)))
    }
}
