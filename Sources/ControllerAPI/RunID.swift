internal import Cryptography
package import Timestamps

/// The name of one gathering run: when it began and eight random digits, `20261121T034332Z-0a1b2c3d`.
///
/// Sorting the texts sorts the runs by time; the text is safe as the name of a file.
package struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String
    /// When the run began, in whole seconds.
    package let start: Timestamp

    private static let expected = "a run id such as 20261121T034332Z-0a1b2c3d"

    /// Makes the id of a run that begins.
    package init(at start: Timestamp = .now) {
        self.start = Timestamp(seconds: start.seconds)
        text = "\(start.compact)-\(Hex.encode(Random.bytes(4)))"
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
