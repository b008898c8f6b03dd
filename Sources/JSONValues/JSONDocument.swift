import CSimdjson

/// A text of JSON as simdjson takes it apart: a tape of 64-bit words, one or two for each value, and the bytes of all texts.
/// Its form is that of https://github.com/simdjson/simdjson/blob/v3.0.1/doc/tape.md.
final class JSONDocument: Sendable {
    /// Lists and objects inside each other.
    static let depthLimit = 512

    /// What a value is: the first byte of its word.
    enum Tag {
        static let object = UInt8(ascii: "{")
        static let array = UInt8(ascii: "[")
        static let text = UInt8(ascii: "\"")
        static let signed = UInt8(ascii: "l")
        static let unsigned = UInt8(ascii: "u")
        static let double = UInt8(ascii: "d")
        static let yes = UInt8(ascii: "t")
        static let no = UInt8(ascii: "f")
    }

    private let tape: [UInt64]
    private let texts: [UInt8]

    /// Whole numbers beyond 64 bits become floating ones.
    /// - Throws: `JSONError`
    init(_ content: [UInt8]) throws(JSONError) {
        // A mark of the byte order, which RFC 8259 §8.1 lets readers pass over.
        let content = content.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(content.dropFirst(3)) : content
        var parts = Parts()
        var fault = parts.read(content)
        if fault == GATHERING_JSON_BAD_NUMBER, let other = LongIntegers.asFloating(content) {
            fault = parts.read(other)
        }
        (tape, texts) = (parts.tape, parts.texts)
        if let code = Self.code(fault, content) { throw JSONError(code: code, size: content.count) }
    }

    private static func code(_ fault: gathering_json_fault, _ content: [UInt8]) -> JSONError.Code? {
        switch fault {
        case GATHERING_JSON_FINE: nil
        case GATHERING_JSON_BAD_UTF8: .badText(offset: firstBadByte(content))
        case GATHERING_JSON_TOO_DEEP: .tooDeep
        case GATHERING_JSON_BAD_NUMBER: .badNumber
        case GATHERING_JSON_NO_MEMORY: .noMemory
        default: content.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } ? .empty : .malformed
        }
    }

    private static func firstBadByte(_ content: [UInt8]) -> Int {
        do {
            _ = try UTF8Span(validating: content.span)
            return content.count
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    // MARK: What is where

    /// The place of the whole. Nothing is at place 0, which stands for what is not there.
    static let whole = 1

    func tag(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: tape[place] >> 56) }

    func integer(_ place: Int) -> Int { Int(truncatingIfNeeded: tape[place + 1]) }
    func unsigned(_ place: Int) -> UInt64 { tape[place + 1] }
    func double(_ place: Int) -> Double { Double(bitPattern: tape[place + 1]) }

    /// Where what comes behind a value begins.
    func end(_ place: Int) -> Int {
        switch tag(place) {
        case Tag.object, Tag.array: Int(tape[place] & 0xFFFF_FFFF)
        case Tag.signed, Tag.unsigned, Tag.double: place + 2
        default: place + 1
        }
    }

    /// Where the text's bytes are among all of them.
    private func bytes(_ place: Int) -> Range<Int> {
        let start = Int(tape[place] & 0x00FF_FFFF_FFFF_FFFF)
        let size =
            Int(texts[start]) | Int(texts[start + 1]) << 8 | Int(texts[start + 2]) << 16 | Int(texts[start + 3]) << 24
        return start + 4..<start + 4 + size
    }

    func text(_ place: Int) -> String { String(decoding: texts[bytes(place)], as: UTF8.self) }

    /// Where the value of a member is, the first one of that name; 0 where there is none, or the whole is no object.
    func member(_ name: String, of place: Int) -> Int {
        guard tag(place) == Tag.object else { return 0 }
        let end = end(place) - 1
        let key = name.utf8Span.span
        var next = place + 1
        while next < end {
            if isText(next, key) { return next + 1 }
            next = self.end(next + 1)
        }
        return 0
    }

    private func isText(_ place: Int, _ key: borrowing Span<UInt8>) -> Bool {
        let range = bytes(place)
        guard range.count == key.count else { return false }
        for offset in 0..<key.count where texts[range.lowerBound + offset] != key[offset] { return false }
        return true
    }
}

private struct Parts {
    var tape: [UInt64] = []
    var texts: [UInt8] = []

    mutating func read(_ content: [UInt8]) -> gathering_json_fault {
        unsafe withUnsafeMutablePointer(to: &self) { parts in
            unsafe content.withUnsafeBufferPointer { bytes in
                unsafe gathering_json_read(bytes.baseAddress, bytes.count, JSONDocument.depthLimit, takeParts, parts)
            }
        }
    }
}

private func takeParts(
    _ context: UnsafeMutableRawPointer?, _ tape: UnsafePointer<UInt64>?, _ words: Int, _ texts: UnsafePointer<UInt8>?,
    _ bytes: Int
) {
    guard let parts = unsafe context?.assumingMemoryBound(to: Parts.self) else { return }
    unsafe parts.pointee.tape = Array(UnsafeBufferPointer(start: tape, count: words))
    unsafe parts.pointee.texts = Array(UnsafeBufferPointer(start: texts, count: bytes))
}

/// simdjson takes no whole number beyond 64 bits, JSON does.
private enum LongIntegers {
    /// The text with `e0` behind each whole number of nineteen digits or more; `nil` where there is none.
    static func asFloating(_ content: [UInt8]) -> [UInt8]? {
        var output: [UInt8] = []
        var isInText = false
        var place = 0
        while place < content.count {
            let byte = content[place]
            if isInText || !(isDigit(byte) || byte == UInt8(ascii: "-")) {
                output.append(byte)
                place += 1
                if isInText, byte == UInt8(ascii: "\\"), place < content.count {
                    output.append(content[place])
                    place += 1
                } else if byte == UInt8(ascii: "\"") {
                    isInText.toggle()
                }
                continue
            }
            let number = content[place...].prefix { isDigit($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }
            output += number
            if number.count >= 19, number.dropFirst().allSatisfy(isDigit) { output += "e0".utf8 }
            place = number.endIndex
        }
        return output.count > content.count ? output : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
