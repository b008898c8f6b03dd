/// The members of an object, for types that are decoded.
struct JSONObjectContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let node: JSONNode
    let way: JSONWay

    var codingPath: [any CodingKey] { way.keys }
    var allKeys: [Key] {
        var seen: Set<String> = []
        return (node.members.map(Array.init) ?? []).compactMap {
            seen.insert($0.name).inserted ? Key(stringValue: $0.name) : nil
        }
    }

    func contains(_ key: Key) -> Bool { node[key.stringValue].isThere }

    private func member(_ key: some CodingKey) throws -> JSONNodeDecoder {
        let member = node[key.stringValue]
        guard member.isThere else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: ""))
        }
        return JSONNodeDecoder(node: member, way: .member(way, key.stringValue))
    }

    func decodeNil(forKey key: Key) throws -> Bool { try member(key).decodeNil() }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try member(key).decode(type) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try member(key).decode(type) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try member(key).decode(type) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try member(key).decode(type) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try member(key).decode(type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try member(key).decode(type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try member(key).decode(type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try member(key).decode(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try member(key).decode(type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try member(key).decode(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try member(key).decode(type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try member(key).decode(type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try member(key).decode(type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try member(key).decode(type) }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try member(key).decode(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try member(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try member(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try member(JSONKey(stringValue: "super")) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }
}

/// The entries of a list, for types that are decoded.
struct JSONListContainer: UnkeyedDecodingContainer {
    private let node: JSONNode
    private var rest: JSONList
    private let way: JSONWay
    private(set) var currentIndex = 0

    init(node: JSONNode, list: JSONList, way: JSONWay) {
        self.node = node
        rest = list
        self.way = way
    }

    var codingPath: [any CodingKey] { way.keys }
    var count: Int? { node.entries.count }
    var isAtEnd: Bool { rest.isEmpty }

    /// The next entry; whoever could not use it may try again.
    private func entry(_ type: any Any.Type) throws -> JSONNodeDecoder {
        guard let entry = rest.first else {
            throw DecodingError.valueNotFound(type, .init(codingPath: codingPath, debugDescription: ""))
        }
        return JSONNodeDecoder(node: entry, way: .entry(way, currentIndex))
    }

    private mutating func advance() {
        _ = rest.next()
        currentIndex += 1
    }

    mutating func decodeNil() throws -> Bool {
        guard try entry(Any?.self).decodeNil() else { return false }
        advance()
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value = try entry(type).decode(type)
        advance()
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        let container = try entry([String: Any].self).container(keyedBy: type)
        advance()
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try entry([Any].self).unkeyedContainer()
        advance()
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = try entry((any Decoder).self)
        advance()
        return decoder
    }
}
