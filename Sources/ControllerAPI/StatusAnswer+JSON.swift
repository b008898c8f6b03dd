extension StatusAnswer {
    /// The answer as an object with one member for each part, in order and the total last.
    package func json() throws(WireError) -> [UInt8] {
        // The order of members is for the people who read it; `JSONEncoder` knows none but the alphabet.
        var text: [UInt8] = []
        for part in parts + [total] {
            text += text.isEmpty ? Array("{".utf8) : Array(",".utf8)
            text += try WireJSON.encode(part.name.rawValue, subject: Self.subject)
            text += Array(":".utf8)
            text += try WireJSON.encode(Content(part), subject: Self.subject)
        }
        return text + Array("}".utf8)
    }

    /// Reads an answer. Without a `total` it is none, whatever else it says.
    ///
    /// - Throws: `WireError` with the place in the JSON.
    package init(json: [UInt8]) throws(WireError) {
        self = try WireJSON.decode(Members.self, from: json, subject: Self.subject).answer
    }

    /// The total is the controller's word; it is not derived again.
    private init(parts: [StatusPart], total: StatusPart) {
        self.parts = parts
        self.total = total
    }

    private struct Content: Codable {
        let ok: Bool
        let message: String?
        let contents: String?

        init(_ part: StatusPart) {
            ok = part.isOK
            message = part.message
            contents = part.contents
        }
    }

    private struct Members: Decodable {
        let answer: StatusAnswer

        struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            func part(_ name: StatusPart.Name) throws -> StatusPart {
                let content = try container.decode(Content.self, forKey: Key(stringValue: name.rawValue))
                return StatusPart(name, isOK: content.ok, message: content.message, contents: content.contents)
            }
            let names = Set(container.allKeys.map { StatusPart.Name(rawValue: $0.stringValue) })
            let known = StatusPart.Name.known.filter(names.contains)
            let others = names.subtracting(known + [.total]).sorted { $0.rawValue < $1.rawValue }
            answer = StatusAnswer(parts: try (known + others).map(part), total: try part(.total))
        }
    }
}
