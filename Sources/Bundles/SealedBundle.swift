package import Cryptography

/// What an agent announces about a bundle that it sealed: enough to receive it, and to know who made it.
package struct SealedBundle: Equatable, Sendable {
    /// One sealed part, a file of its own.
    package struct Part: Equatable, Sendable {
        /// `001.cms`, `002.cms`, …
        package let name: String
        /// Bytes.
        package let size: Int
        package let sha256: SHA256Digest

        package init(name: String, size: Int, sha256: SHA256Digest) {
            self.name = name
            self.size = size
            self.sha256 = sha256
        }

        /// The name of the part with this number, from 1.
        static func name(number: Int) -> String { "\(String(1000 + number).dropFirst()).cms" }
    }

    package let identity: BundleIdentity
    package let parts: [Part]
    /// Of the bytes of `manifest.json`.
    package let manifestDigest: SHA256Digest
    /// The agent's Ed25519 signature over all the others.
    package let signature: [UInt8]

    package init(identity: BundleIdentity, parts: [Part], manifestDigest: SHA256Digest, signature: [UInt8]) {
        self.identity = identity
        self.parts = parts
        self.manifestDigest = manifestDigest
        self.signature = signature
    }

    /// Bytes of all parts.
    package var size: Int { parts.reduce(0) { $0 + $1.size } }

    /// The text that is signed: a line for each fact, so that no two announcements have the same one. None of the
    /// values has a space or a line break.
    static func signedText(_ identity: BundleIdentity, _ manifestDigest: SHA256Digest, _ parts: [Part]) -> [UInt8] {
        let lines =
            [
                "gathering bundle 1", "agent \(identity.agent)", "project \(identity.project)", "run \(identity.run)",
                "manifest \(manifestDigest.hex)",
            ] + parts.map { "part \($0.name) \($0.size) \($0.sha256.hex)" }
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    /// - Throws: `BundleError` `wrongSignature`.
    func checkSignature(_ key: PublicKey) throws(BundleError) {
        guard key.isValid(signature, for: Self.signedText(identity, manifestDigest, parts)) else {
            throw BundleError(.wrongSignature, "bundle", "expected the signature of the agent's key, found another")
        }
    }

    /// - Throws: `BundleError` `partsMalformed` or `tooLarge`.
    func checkParts() throws(BundleError) {
        guard (1...BundleLimits.parts).contains(parts.count) else {
            let range = "1 to \(BundleLimits.parts)"
            throw BundleError(.partsMalformed, "bundle", "expected \(range) parts, found \(parts.count)")
        }
        for (number, part) in zip(1..., parts) {
            guard part.name == Part.name(number: number) else {
                throw BundleError(
                    .partsMalformed, "bundle", "expected the name \(Part.name(number: number)), found another")
            }
            guard (1...BundleLimits.sealedPartSize).contains(part.size) else {
                let limit = BundleLimits.sealedPartSize
                throw BundleError(.tooLarge, "part \(part.name)", "expected 1 to \(limit) bytes, found \(part.size)")
            }
        }
    }
}
