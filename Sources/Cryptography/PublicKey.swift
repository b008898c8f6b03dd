internal import COpenSSL

/// An Ed25519 public key (RFC 8032), the identity of an agent on SSH and on HTTPS.
package struct PublicKey: Hashable, Sendable {
    /// The 32 bytes of the key.
    package let raw: [UInt8]

    static let algorithm = "ssh-ed25519"

    /// - Throws: `CryptographyError` unless there are 32 bytes.
    package init(raw: [UInt8]) throws(CryptographyError) {
        guard raw.count == 32 else {
            throw CryptographyError(
                .malformed, "public key", expected: "32 bytes of an Ed25519 key", found: "\(raw.count) bytes")
        }
        self.init(exactly: raw)
    }

    /// - Precondition: there are 32 bytes.
    init(exactly raw: [UInt8]) {
        precondition(raw.count == 32, "an Ed25519 public key has 32 bytes")
        self.raw = raw
    }

    /// Reads one line in the form of a `.pub` file: `ssh-ed25519 AAAA… comment`. Options before it, further lines and
    /// other kinds of keys are refused, so that the text can go into `authorized_keys` only as what it is.
    ///
    /// - Throws: `CryptographyError` `.malformed` or `.unsupported`.
    package init(openSSH text: String) throws(CryptographyError) {
        var line = Substring(text)
        if let last = line.last, last == "\n" || last == "\r\n" { line.removeLast() }
        guard !line.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw Self.malformed(found: "several lines or control characters")
        }
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2 else { throw Self.malformed(found: "\(words.count) word") }
        guard words[0] == Self.algorithm else {
            let isOther = Self.otherAlgorithms.contains(String(words[0]))
            throw CryptographyError(
                isOther ? .unsupported : .malformed, "public key", expected: "`\(Self.algorithm)` at the start",
                found: isOther ? "`\(words[0])`" : "something else",
                advice: isOther ? "make a key with: ssh-keygen -t ed25519" : nil)
        }
        guard let blob = Base64.standard.decode(String(words[1])) else { throw Self.malformed(found: "invalid base64") }
        try self.init(blob: blob)
    }

    /// Reads the encoded form that is inside the base64 text and inside key files.
    init(blob: [UInt8]) throws(CryptographyError) {
        var reader = SSHReader(blob)
        guard let name = reader.string(), let raw = reader.string(), reader.isAtEnd, name == Array(Self.algorithm.utf8)
        else { throw Self.malformed(found: "another content of the base64 text") }
        try self.init(raw: raw)
    }

    var blob: [UInt8] { SSHWriter.string(Self.algorithm) + SSHWriter.string(raw) }

    /// The line of a `.pub` file, without a line break. Control characters of the comment are left out.
    package func openSSH(comment: String = "") -> String {
        let key = "\(Self.algorithm) \(Base64.standard.encode(blob))"
        let printable = String(
            String.UnicodeScalarView(comment.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
        return printable.isEmpty ? key : "\(key) \(printable)"
    }

    /// As `ssh-keygen -l` shows it: `SHA256:` and 43 characters.
    package var fingerprint: String {
        let digest = Base64.standard.encode(SHA256.digest(of: blob).bytes)
        return "SHA256:" + digest.prefix { $0 != "=" }
    }

    /// Whether the signature is this key's over exactly this message.
    package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        defer { ERR_clear_error() }
        guard signature.count == 64,
            let pointer = unsafe EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, raw, raw.count)
        else { return false }
        let key = unsafe KeyHandle(owning: pointer)
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        return unsafe EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key.pointer, nil) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    private static let otherAlgorithms: Set<String> = [
        "ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ]

    private static func malformed(found: String) -> CryptographyError {
        CryptographyError(
            .malformed, "public key", expected: "one line `\(algorithm) <base64> <comment>`", found: found)
    }
}
