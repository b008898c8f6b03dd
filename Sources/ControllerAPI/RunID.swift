internal import Cryptography
package import Timestamps

/// The name of one gathering run: the second in which it began and eight digits, `20261121T034332Z-0a1b2c3d`.
///
/// The first five digits are the microsecond, the others are random. Sorting the texts sorts the runs by time, those of one
/// second as well; the text is safe as the name of a file.
package struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String
    /// When the run began, in whole seconds.
    package let start: Timestamp

    private static let expected = "a run id such as 20261121T034332Z-0a1b2c3d"

    /// Makes the id of a run that begins.
    package init(at start: Timestamp = .now) {
        self.start = Timestamp(seconds: start.seconds)
        let random = Random.bytes(2)
        // A million takes 20 of the 32 bits.
        let digits =
            [start.microseconds >> 12, start.microseconds >> 4].map { UInt8(truncatingIfNeeded: $0) }
            + [UInt8(truncatingIfNeeded: start.microseconds << 4) | random[0] >> 4, random[1]]
        text = "\(start.compact)-\(Hex.encode(digits))"
    }

    /// - Throws: `WireError` unless the text is an id in exactly the form we write.
    package init(_ text: String) throws(WireError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = Timestamp(compact: String(parts[0])), parts[1].utf8.count == 8,
            Hex.decode(String(parts[1])) != nil
        else { throw WireError(.malformed, "run id", expected: Self.expected, found: "another text") }
        self.text = text
        self.start = start
    }

    package var description: String { text }

    package static func < (left: RunID, right: RunID) -> Bool { left.text < right.text }
}

extension RunID: Codable {
    package init(from decoder: any Decoder) throws {
        self = try decoder.value(expected: Self.expected) { text throws(WireError) in try RunID(text) }
    }

    package func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}
