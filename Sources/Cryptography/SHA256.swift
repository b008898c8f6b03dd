package import Files

/// A SHA-256 digest; as text and in JSON 64 lower-case hexadecimal digits.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes as they lie in memory, so that a digest needs no allocation of its own.
    var words: Words

    /// Four words in the order of memory.
    struct Words: Hashable, Sendable {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0
    }

    init(words: Words) { self.words = words }

    /// `nil` unless there are 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        words = Words()
        unsafe withUnsafeMutableBytes(of: &words) { unsafe $0.copyBytes(from: bytes) }
    }

    /// `nil` unless the text is 64 lower-case hexadecimal digits.
    package init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    package var bytes: [UInt8] { unsafe withUnsafeBytes(of: words) { unsafe Array($0) } }

    package var hex: String { unsafe withUnsafeBytes(of: words) { unsafe Hex.encode($0) } }

    package var description: String { hex }
}

extension SHA256Digest: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = SHA256Digest(hex: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected 64 lower-case hexadecimal digits")
        }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}

/// SHA-256 of what is at hand in one piece. For many values in a row keep one `SHA256Hasher`.
package enum SHA256 {
    package static func digest(of bytes: [UInt8]) -> SHA256Digest {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// Reads the file in pieces of 256 KiB; memory does not grow with its size.
    package static func digest(ofFile path: String) throws(FileError) -> SHA256Digest {
        let file = try Descriptor(path, .read)
        var hasher = SHA256Hasher()
        while true {
            let bytes = try file.read(upTo: 256 << 10)
            if bytes.isEmpty { return hasher.finish() }
            hasher.update(bytes)
        }
    }
}
