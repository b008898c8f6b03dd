internal import Cryptography

/// Parses structured header fields (RFC 8941 §4.2); `nil` from any function means the text is not one.
struct StructuredFieldParser {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) { rest = Array(text.utf8)[...] }

    mutating func dictionary() -> [String: StructuredField.Member]? {
        var members: [String: StructuredField.Member] = [:]
        skip(" ")
        while !rest.isEmpty {
            guard let name = key(), members[name] == nil, let member = member() else { return nil }
            members[name] = member
            skip(" ", "\t")
            if rest.isEmpty { return members }
            guard take(",") else { return nil }
            skip(" ", "\t")
            if rest.isEmpty { return nil }
        }
        return members
    }

    private mutating func member() -> StructuredField.Member? {
        guard take("=") else {
            return parameters().map { .item(.init(item: .boolean(true), parameters: $0)) }
        }
        return next == "(" ? list() : parameterized().map { .item($0) }
    }

    private mutating func list() -> StructuredField.Member? {
        guard take("(") else { return nil }
        var items: [StructuredField.Parameterized] = []
        while true {
            skip(" ")
            if take(")") { return parameters().map { .list(items, $0) } }
            guard let item = parameterized(), next == " " || next == ")" else { return nil }
            items.append(item)
        }
    }

    private mutating func parameterized() -> StructuredField.Parameterized? {
        guard let item = item(), let parameters = parameters() else { return nil }
        return .init(item: item, parameters: parameters)
    }

    private mutating func parameters() -> [StructuredField.Parameter]? {
        var parameters: [StructuredField.Parameter] = []
        while take(";") {
            skip(" ")
            guard let name = key(), !parameters.contains(where: { $0.name == name }) else { return nil }
            var value = StructuredField.Item.boolean(true)
            if take("=") {
                guard let item = item() else { return nil }
                value = item
            }
            parameters.append(.init(name: name, value: value))
        }
        return parameters
    }

    private mutating func item() -> StructuredField.Item? {
        guard let next else { return nil }
        return switch next {
        case "\"": string().map { .string($0) }
        case ":": bytes().map { .bytes($0) }
        case "?": boolean().map { .boolean($0) }
        case "-", "0"..."9": integer().map { .integer($0) }
        case "*", "a"..."z", "A"..."Z": .token(text { Self.isToken($0) })
        default: nil
        }
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst(), escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\")
                else { return nil }
                text.append(escaped)
            case 0x20...0x7E: text.append(byte)
            default: return nil
            }
        }
        return nil
    }

    private mutating func bytes() -> [UInt8]? {
        guard take(":") else { return nil }
        let encoded = text { $0 != ":" }
        return take(":") ? Base64.standard.decode(encoded) : nil
    }

    private mutating func boolean() -> Bool? {
        guard take("?") else { return nil }
        if take("1") { return true }
        return take("0") ? false : nil
    }

    private mutating func integer() -> Int? {
        let isNegative = take("-")
        let digits = text { ("0"..."9").contains($0) }
        // 15 digits are the limit of the RFC, so the number cannot overflow.
        guard (1...15).contains(digits.utf8.count), next != ".", let number = Int(digits) else { return nil }
        return isNegative ? -number : number
    }

    private mutating func key() -> String? {
        guard let next, next == "*" || ("a"..."z").contains(next) else { return nil }
        return text { character in
            switch character {
            case "a"..."z", "0"..."9", "_", "-", ".", "*": true
            default: false
            }
        }
    }

    private static func isToken(_ character: Unicode.Scalar) -> Bool {
        switch character {
        case "a"..."z", "A"..."Z", "0"..."9", "!", "#", "$", "%", "&", "'", "*", "+", "-", ".", "^", "_", "`", "|", "~",
            ":", "/":
            true
        default: false
        }
    }

    private var next: Unicode.Scalar? { rest.first.map { Unicode.Scalar($0) } }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == character else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skip(_ characters: Unicode.Scalar...) {
        while let next, characters.contains(next) { rest.removeFirst() }
    }

    private mutating func text(while isMember: (Unicode.Scalar) -> Bool) -> String {
        let end = rest.firstIndex { !isMember(Unicode.Scalar($0)) } ?? rest.endIndex
        defer { rest = rest[end...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }
}
