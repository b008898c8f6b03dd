/// A public key with which somebody may log in over SSH: Ed25519, ECDSA, or RSA of at least 3072 bits. Agents of ours have
/// the first kind, with which they also sign requests; those of the older system usually the last.
package struct LoginKey: Hashable, Sendable {
    /// As it stands at the start of the line: `ssh-ed25519`.
    package let algorithm: String
    private let blob: [UInt8]

    /// Smaller ones are within reach of large organisations (NIST SP 800-57: 3072 bits for use beyond 2030).
    private static let leastRSABits = 3072
    private static let curves = [
        "ecdsa-sha2-nistp256": "nistp256", "ecdsa-sha2-nistp384": "nistp384", "ecdsa-sha2-nistp521": "nistp521",
    ]

    package init(_ key: PublicKey) {
        algorithm = PublicKey.algorithm
        blob = key.blob
    }

    /// Reads exactly one line in the form of a `.pub` file. Options before it, further lines and other kinds of keys are
    /// refused; the comment is dropped.
    ///
    /// - Throws: `CryptographyError` `.malformed` or `.unsupported`.
    package init(openSSH text: String) throws(CryptographyError) {
        var line = Substring(text)
        while let last = line.last, last == "\n" || last == "\r\n" || last == " " { line.removeLast() }
        guard !line.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw Self.malformed(found: "several lines or control characters")
        }
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, let blob = Base64.standard.decode(String(words[1])) else {
            throw Self.malformed(found: "something else")
        }
        let algorithm = String(words[0])
        guard try Self.isWhole(blob, algorithm) else {
            throw Self.malformed(found: "another content of the base64 text")
        }
        self.algorithm = algorithm
        self.blob = blob
    }

    /// Whether the encoded form holds a key of that kind and nothing else.
    private static func isWhole(_ blob: [UInt8], _ algorithm: String) throws(CryptographyError) -> Bool {
        var reader = SSHReader(blob)
        guard let name = reader.string(), name == Array(algorithm.utf8) else { return false }
        if algorithm == PublicKey.algorithm {
            _ = try PublicKey(blob: blob)
            return true
        }
        if let curve = curves[algorithm] {
            guard let found = reader.string(), found == Array(curve.utf8), let point = reader.string() else {
                return false
            }
            return point.first == 4 && reader.isAtEnd
        }
        if algorithm == "ssh-rsa" {
            guard let exponent = reader.string(), !exponent.isEmpty, let modulus = reader.string(), reader.isAtEnd
            else {
                return false
            }
            let number = modulus.drop { $0 == 0 }
            let bits = number.first.map { number.count * 8 - $0.leadingZeroBitCount } ?? 0
            guard bits >= leastRSABits else {
                throw CryptographyError(
                    .unsupported, "public key", expected: "an RSA key of at least \(leastRSABits) bits",
                    found: "\(bits) bits", advice: "make a key with: ssh-keygen -t ed25519")
            }
            return true
        }
        throw CryptographyError(
            .unsupported, "public key", expected: "an Ed25519, ECDSA or RSA key", found: "another kind",
            advice: "make a key with: ssh-keygen -t ed25519")
    }

    /// The key as one that signs requests; `nil` for other kinds than Ed25519.
    package var signing: PublicKey? {
        guard algorithm == PublicKey.algorithm else { return nil }
        do throws(CryptographyError) { return try PublicKey(blob: blob) } catch { return nil }
    }

    /// The line of a `.pub` file, made anew from what was understood. Control characters of the comment are left out.
    package func openSSH(comment: String = "") -> String {
        let key = "\(algorithm) \(Base64.standard.encode(blob))"
        let printable = String(
            String.UnicodeScalarView(comment.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
        return printable.isEmpty ? key : "\(key) \(printable)"
    }

    /// As `ssh-keygen -l` shows it: `SHA256:` and 43 characters.
    package var fingerprint: String {
        let digest = Base64.standard.encode(SHA256.digest(of: blob).bytes)
        return "SHA256:" + digest.prefix { $0 != "=" }
    }

    private static func malformed(found: String) -> CryptographyError {
        CryptographyError(
            .malformed, "public key", expected: "one line `<algorithm> <base64> <comment>`", found: found)
    }
}
