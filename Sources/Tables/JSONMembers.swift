internal import FoundationEssentials

/// Takes a JSON object or array apart without understanding what is in it: each value as the bytes that stand for it.
package enum JSONMembers {
    /// The members of an object in their order; `nil` for what is no object.
    package static func object(_ content: some Collection<UInt8>) -> [(name: String, value: String)]? {
        let bytes = Array(content)
        guard isJSON(bytes), var rest = inside(bytes, UInt8(ascii: "{"), UInt8(ascii: "}")) else { return nil }
        var members: [(String, String)] = []
        while let member = next(&rest) {
            let start = member.startIndex
            let end = endOfString(member, start)
            guard let name = text(member[start..<end]),
                let colon = member[end...].firstIndex(of: UInt8(ascii: ":"))
            else { return nil }
            members.append((name, String(decoding: trimmed(member[(colon + 1)...]), as: UTF8.self)))
        }
        return members
    }

    /// The elements of an array in their order; `nil` for what is none.
    package static func array(_ content: some Collection<UInt8>) -> [String]? {
        let bytes = Array(content)
        guard isJSON(bytes), var rest = inside(bytes, UInt8(ascii: "["), UInt8(ascii: "]")) else { return nil }
        var elements: [String] = []
        while let element = next(&rest) { elements.append(String(decoding: element, as: UTF8.self)) }
        return elements
    }

    /// The text that a JSON string stands for; `nil` for another value.
    package static func text(_ literal: some Collection<UInt8>) -> String? {
        do {
            return try JSONDecoder().decode([String].self, from: Data(Array("[".utf8) + literal + Array("]".utf8)))
                .first
        } catch {
            return nil
        }
    }

    /// An object in one line, in the order of the members.
    package static func line(_ members: [(name: String, value: String)]) -> String {
        var output: [UInt8] = [UInt8(ascii: "{")]
        for (index, member) in members.enumerated() {
            if index > 0 { output += ", ".utf8 }
            JSONText.append(member.name, to: &output)
            output += ": ".utf8
            output += member.value.utf8
        }
        output.append(UInt8(ascii: "}"))
        return String(decoding: output, as: UTF8.self)
    }

    /// A text as a JSON string.
    package static func literal(_ text: String) -> String {
        var output: [UInt8] = []
        JSONText.append(text, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private struct Anything: Decodable { init(from decoder: any Decoder) {} }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try JSONDecoder().decode(Anything.self, from: Data(bytes))
            return true
        } catch {
            return false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }

    private static func inside(_ bytes: [UInt8], _ start: UInt8, _ end: UInt8) -> ArraySlice<UInt8>? {
        let whole = trimmed(bytes[...])
        guard whole.count >= 2, whole.first == start, whole.last == end else { return nil }
        return trimmed(whole.dropFirst().dropLast())
    }

    /// Behind the string that begins at `start`.
    private static func endOfString(_ bytes: ArraySlice<UInt8>, _ start: Int) -> Int {
        var index = start + 1
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.endIndex)
    }

    /// What stands before the next comma of this level.
    private static func next(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        var depth = 0
        var index = rest.startIndex
        while index < rest.endIndex {
            switch rest[index] {
            case UInt8(ascii: "\""):
                index = endOfString(rest, index)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                let part = trimmed(rest[..<index])
                rest = trimmed(rest[(index + 1)...])
                return part
            default: break
            }
            index += 1
        }
        let part = rest
        rest = rest[rest.endIndex...]
        return part
    }
}
