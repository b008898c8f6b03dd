internal import Cryptography

/// A server's public key in the form of a `known_hosts` or `.pub` line without host: kind, base64, optional comment.
package struct HostKey: Hashable, Sendable {
    /// Such as `ssh-ed25519`.
    package let kind: String
    /// SSH's binary encoding.
    let blob: [UInt8]

    /// - Throws: `SFTPError` `badHostKey`.
    package init(_ line: String) throws(SFTPError) {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count >= 2, let blob = Base64.standard.decode(String(words[1])), let kind = Self.kind(of: blob),
            kind == words[0]
        else { throw SFTPError(.badHostKey, "the server", "a line is not a kind and a key in base64") }
        self.kind = kind
        self.blob = blob
    }

    init?(blob: [UInt8]) {
        guard let kind = Self.kind(of: blob) else { return nil }
        self.kind = kind
        self.blob = blob
    }

    /// The encoding begins with the kind as a string behind its length.
    private static func kind(of blob: [UInt8]) -> String? {
        guard blob.count > 4 else { return nil }
        let length = blob.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard (1...64).contains(length), blob.count > 4 + length else { return nil }
        return String(decoding: blob[4..<4 + length], as: UTF8.self)
    }

    /// As `ssh-keygen -l` shows it: `SHA256:` and 43 characters.
    package var fingerprint: String {
        "SHA256:" + Base64.standard.encode(SHA256.digest(of: blob).bytes).prefix { $0 != "=" }
    }
}
