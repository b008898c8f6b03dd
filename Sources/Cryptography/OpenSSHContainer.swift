/// An Ed25519 key in the private key file format of OpenSSH without passphrase.
///
/// The format is described in OpenSSH's `PROTOCOL.key`; OpenSSL does not know it.
struct OpenSSHContainer: ~Copyable {
    let seed: SecretBytes
    let publicKey: PublicKey

    private static let begin = "-----BEGIN OPENSSH PRIVATE KEY-----"
    private static let end = "-----END OPENSSH PRIVATE KEY-----"
    private static let magic = Array("openssh-key-v1\0".utf8)
    /// Cipher and key derivation of a file without passphrase.
    private static let none = Array("none".utf8)
    /// The private section is padded to a multiple of the cipher's block, 8 bytes for `none`.
    private static let block = 8
    /// Characters in a line of base64, as OpenSSH writes it.
    private static let lineLength = 70

    init(seed: consuming SecretBytes, publicKey: PublicKey) {
        self.seed = seed
        self.publicKey = publicKey
    }
}

extension OpenSSHContainer {
    /// The text of the file.
    func text(comment: String) -> SecretBytes {
        let binary = binary(comment: comment)
        let characters = (binary.count + 2) / 3 * 4
        var text = SecretBytes(
            capacity: Self.begin.utf8.count + Self.end.utf8.count + 3 + characters + characters / Self.lineLength + 1)
        text.append(Self.begin.utf8)
        var column = Self.lineLength
        unsafe binary.withUnsafeBytes { bytes in
            unsafe Base64.standard.encode(bytes) { character in
                if column == Self.lineLength {
                    text.append(UInt8(ascii: "\n"))
                    column = 0
                }
                text.append(character)
                column += 1
            }
        }
        text.append("\n\(Self.end)\n".utf8)
        return text
    }

    private func binary(comment: String) -> SecretBytes {
        let check = Random.bytes(4)
        let head = check + check + SSHWriter.string(PublicKey.algorithm) + SSHWriter.string(publicKey.raw)
        let tail = SSHWriter.string(comment)
        let count = head.count + 4 + 64 + tail.count
        let padding = (Self.block - count % Self.block) % Self.block
        let outside =
            Self.magic + SSHWriter.string(Self.none) + SSHWriter.string(Self.none) + SSHWriter.string([])
            + SSHWriter.number(1) + SSHWriter.string(publicKey.blob) + SSHWriter.number(count + padding)
        var binary = SecretBytes(capacity: outside.count + count + padding)
        binary.append(outside + head + SSHWriter.number(64))
        unsafe seed.withUnsafeBytes { unsafe binary.append($0) }
        binary.append(publicKey.raw + tail)
        for index in 0..<padding { binary.append(UInt8(index + 1)) }
        return binary
    }
}

extension OpenSSHContainer {
    /// Reads the text of a file.
    ///
    /// - Throws: `CryptographyError` `.malformed` or `.unsupported`.
    init(parsing text: [UInt8], subject: String) throws(CryptographyError) {
        let binary = try Self.decode(text, subject: subject)
        let parsed = unsafe binary.withUnsafeBytes { unsafe Self.parse($0) }
        switch consume parsed {
        case .key(let seed, let publicKey): self.init(seed: seed, publicKey: publicKey)
        case .malformed: throw Self.malformed(subject)
        case .unsupported(let found, let advice):
            throw CryptographyError(
                .unsupported, subject, expected: "an Ed25519 key without passphrase", found: found, advice: advice)
        }
    }

    private static func malformed(_ subject: String) -> CryptographyError {
        CryptographyError(.malformed, subject, expected: "a private key file of OpenSSH", found: "something else")
    }

    private static func decode(_ text: [UInt8], subject: String) throws(CryptographyError) -> SecretBytes {
        let begin = Array(Self.begin.utf8)
        let end = Array(Self.end.utf8)
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
        var body = text[...]
        while let last = body.last, isBlank(last) { body.removeLast() }
        guard body.starts(with: begin), body.suffix(end.count).elementsEqual(end), body.count > begin.count + end.count
        else { throw malformed(subject) }
        body = body.dropFirst(begin.count).dropLast(end.count)
        var binary = SecretBytes(capacity: body.count)
        guard Base64.standard.decode(body.lazy.filter { !isBlank($0) }, emit: { binary.append($0) }) else {
            throw malformed(subject)
        }
        return binary
    }

    private enum Parsed: ~Copyable {
        case key(SecretBytes, PublicKey)
        case malformed
        case unsupported(found: String, advice: String?)
    }

    @unsafe private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Parsed {
        guard unsafe bytes.starts(with: magic) else { return .malformed }
        var outer = unsafe SecretReader(bytes, from: magic.count)
        guard let cipher = unsafe outer.string(), let derivation = unsafe outer.string(), unsafe outer.string() != nil
        else { return .malformed }
        guard unsafe cipher.elementsEqual(none), unsafe derivation.elementsEqual(none) else {
            return .unsupported(
                found: "one with a passphrase", advice: "remove the passphrase with: ssh-keygen -p -N '' -f FILE")
        }
        guard unsafe outer.number() == 1, let blob = unsafe outer.string(), let section = unsafe outer.string(),
            unsafe outer.isAtEnd
        else { return .malformed }
        var inner = unsafe SecretReader(section, from: 0)
        guard let first = unsafe inner.number(), unsafe inner.number() == first, let algorithm = unsafe inner.string()
        else { return .malformed }
        guard unsafe algorithm.elementsEqual(PublicKey.algorithm.utf8) else {
            return .unsupported(found: "another kind of key", advice: "make one with: ssh-keygen -t ed25519 -N ''")
        }
        guard let raw = unsafe inner.string(), let pair = unsafe inner.string(), unsafe inner.string() != nil,
            raw.count == 32, pair.count == 64, unsafe pair.suffix(32).elementsEqual(raw),
            unsafe inner.isPadding(block: block)
        else { return .malformed }
        let publicKey = unsafe PublicKey(exactly: Array(raw))
        guard unsafe blob.elementsEqual(publicKey.blob) else { return .malformed }
        var seed = SecretBytes(capacity: 32)
        unsafe seed.append(pair.prefix(32))
        return .key(seed, publicKey)
    }
}

/// `SSHReader` over memory that is wiped by its owner: it hands out views, never copies.
@unsafe private struct SecretReader {
    private var rest: Slice<UnsafeBufferPointer<UInt8>>

    init(_ bytes: UnsafeBufferPointer<UInt8>, from offset: Int) { unsafe rest = bytes.dropFirst(offset) }

    var isAtEnd: Bool { unsafe rest.isEmpty }

    mutating func number() -> UInt32? {
        guard unsafe rest.count >= 4 else { return nil }
        let value = unsafe rest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        unsafe rest = rest.dropFirst(4)
        return value
    }

    mutating func string() -> UnsafeBufferPointer<UInt8>? {
        guard let count = unsafe number(), unsafe count <= rest.count else { return nil }
        defer { unsafe rest = rest.dropFirst(Int(count)) }
        return unsafe UnsafeBufferPointer(rebasing: rest.prefix(Int(count)))
    }

    /// Whether what is left is 1, 2, 3 … and less than a block.
    func isPadding(block: Int) -> Bool {
        unsafe rest.count < block && rest.enumerated().allSatisfy { $0.offset + 1 == Int($0.element) }
    }
}
