package import Cryptography

/// The parts of a sealed bundle, with the signature of the agent that made it. This is the form on the wire: who opens the
/// bundle verifies the signature.
package struct BundleAnnouncement: Hashable, Sendable {
    /// One sealed file of the bundle, as it was uploaded.
    package struct Part: Hashable, Sendable {
        package let name: String
        /// Bytes.
        package let size: Int
        package let sha256: SHA256Digest

        /// - Throws: `WireError` unless the name is `NNN.cms` and the size positive.
        package init(name: String, size: Int, sha256: SHA256Digest) throws(WireError) {
            guard Self.isName(name) else {
                throw WireError(.malformed, "part of a bundle", expected: Self.expectedName, found: "another")
            }
            guard size > 0 else {
                throw WireError(.malformed, "part of a bundle", expected: "a size above 0", found: "\(size)")
            }
            self.name = name
            self.size = size
            self.sha256 = sha256
        }

        static let expectedName = "a name such as 001.cms"

        static func isName(_ name: String) -> Bool {
            let digits = name.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return (3...6).contains(digits.count) && name.utf8.dropFirst(digits.count).elementsEqual(".cms".utf8)
        }
    }

    package let run: RunID
    /// In the order in which they are opened; one at least.
    package let parts: [Part]
    /// The digest of the manifest inside.
    package let manifest: SHA256Digest
    package let signature: [UInt8]

    /// - Throws: `WireError` unless there are parts, each of another name, and 64 bytes of signature.
    package init(run: RunID, parts: [Part], manifest: SHA256Digest, signature: [UInt8]) throws(WireError) {
        guard Self.arePlausible(parts) else {
            throw WireError(.malformed, "bundle", expected: Self.expectedParts, found: "others")
        }
        guard signature.count == 64 else {
            throw WireError(
                .malformed, "bundle", expected: "a signature of 64 bytes", found: "\(signature.count) bytes")
        }
        self.run = run
        self.parts = parts
        self.manifest = manifest
        self.signature = signature
    }

    private static let expectedParts = "one or more parts of different names"

    private static func arePlausible(_ parts: [Part]) -> Bool {
        !parts.isEmpty && Set(parts.map(\.name)).count == parts.count
    }
}

extension BundleAnnouncement.Part: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, size, sha256
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(.name, expected: Self.expectedName) { Self.isName($0) ? $0 : nil }
        size = try container.decode(Int.self, forKey: .size)
        guard size > 0 else { throw container.invalid(.size, expected: "a number above 0") }
        sha256 = try container.decodeDigest(.sha256)
    }
}

extension BundleAnnouncement: Codable {
    private enum CodingKeys: String, CodingKey {
        case run, parts
        case manifest = "manifest_sha256"
        case signature
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        run = try container.decode(RunID.self, forKey: .run)
        parts = try container.decode([Part].self, forKey: .parts)
        guard Self.arePlausible(parts) else { throw container.invalid(.parts, expected: Self.expectedParts) }
        manifest = try container.decodeDigest(.manifest)
        signature = try container.decodeSignature(.signature)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(run, forKey: .run)
        try container.encode(parts, forKey: .parts)
        try container.encode(manifest, forKey: .manifest)
        try container.encode(Base64.standard.encode(signature), forKey: .signature)
    }
}

extension KeyedDecodingContainer {
    func decodeDigest(_ key: Key) throws -> SHA256Digest {
        try decode(key, expected: "64 lower-case hexadecimal digits") { SHA256Digest(hex: $0) }
    }

    /// The 64 bytes of an Ed25519 signature in base64.
    func decodeSignature(_ key: Key) throws -> [UInt8] {
        try decode(key, expected: "64 bytes in base64") { text in
            Base64.standard.decode(text).flatMap { $0.count == 64 ? $0 : nil }
        }
    }
}
