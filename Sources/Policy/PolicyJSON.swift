import FoundationEssentials

/// A JSON value as somebody wrote it, so that all that is wrong with it can be told together.
indirect enum PolicyJSON: Decodable, Equatable {
    case object([String: PolicyJSON])
    case list([PolicyJSON])
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case null

    init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: AnyKey.self) {
            var object: [String: PolicyJSON] = [:]
            for key in members.allKeys { object[key.stringValue] = try members.decode(PolicyJSON.self, forKey: key) }
            self = .object(object)
            return
        }
        if var entries = try? decoder.unkeyedContainer() {
            var list: [PolicyJSON] = []
            while !entries.isAtEnd { list.append(try entries.decode(PolicyJSON.self)) }
            self = .list(list)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let integer = try? value.decode(Int.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try value.decode(String.self))
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// What it is, for a message: short texts and numbers as they are.
    var shown: String {
        switch self {
        case .object: "an object"
        case .list(let entries): entries.isEmpty ? "an empty list" : "a list"
        case .text(let text): "\"\(text.prefix(60))\""
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        case .null: "null"
        }
    }
}
