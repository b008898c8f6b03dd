/// Decodes types from a value in a text of JSON, as `JSONDecoder` does by default, and says where something was wrong.
package struct JSONNodeDecoder: Decoder {
    let node: JSONNode
    let way: JSONWay

    /// - Throws: `DecodingError`
    package static func decode<Value: Decodable>(_ type: Value.Type, from node: JSONNode) throws -> Value {
        try JSONNodeDecoder(node: node, way: .whole).decode(type)
    }

    package var codingPath: [any CodingKey] { way.keys }
    package var userInfo: [CodingUserInfoKey: Any] { [:] }

    package func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard node.isObject else { throw mismatch([String: Any].self) }
        return KeyedDecodingContainer(JSONObjectContainer(node: node, way: way))
    }

    package func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let list = node.list else { throw mismatch([Any].self) }
        return JSONListContainer(node: node, list: list, way: way)
    }

    package func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func mismatch(_ type: any Any.Type) -> DecodingError {
        let context = DecodingError.Context(codingPath: codingPath, debugDescription: "")
        return node.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }
}

extension JSONNodeDecoder: SingleValueDecodingContainer {
    package func decodeNil() -> Bool { node.isNull }

    package func decode(_ type: String.Type) throws -> String {
        guard let text = node.string else { throw mismatch(type) }
        return text
    }

    package func decode(_ type: Bool.Type) throws -> Bool {
        guard let flag = node.flag else { throw mismatch(type) }
        return flag
    }

    package func decode(_ type: Double.Type) throws -> Double {
        guard let number = node.number else { throw mismatch(type) }
        return number
    }

    package func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
    package func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    package func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    package func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    package func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    package func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    package func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    package func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    package func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    package func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    package func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }

    private func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        guard node.number != nil else { throw mismatch(Int.self) }
        if let whole = node.integer.flatMap({ Value(exactly: $0) }) ?? node.unsigned.flatMap({ Value(exactly: $0) }) {
            return whole
        }
        throw DecodingError.dataCorrupted(.init(codingPath: codingPath, debugDescription: ""))
    }

    package func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }
}

/// How a decoder came to where it is.
indirect enum JSONWay {
    case whole
    case member(JSONWay, String)
    case entry(JSONWay, Int)

    var keys: [any CodingKey] {
        switch self {
        case .whole: []
        case .member(let way, let name): way.keys + [JSONKey(stringValue: name)]
        case .entry(let way, let index): way.keys + [JSONKey(intValue: index)]
        }
    }
}

struct JSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = "\(intValue)"
        self.intValue = intValue
    }
}
