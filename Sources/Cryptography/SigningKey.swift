internal import COpenSSL
internal import Files

/// An Ed25519 private key (RFC 8032) in the file format of OpenSSH.
///
/// OpenSSL holds the key material and overwrites it when the last reference ends.
package final class SigningKey: Sendable {
    package let publicKey: PublicKey
    private let key: KeyHandle

    private init(_ key: KeyHandle) throws(CryptographyError) {
        var raw = [UInt8](repeating: 0, count: 32)
        var count = raw.count
        guard unsafe EVP_PKEY_get_raw_public_key(key.pointer, &raw, &count) == 1 else {
            throw OpenSSL.failure("private key")
        }
        self.key = key
        publicKey = try PublicKey(raw: raw)
    }

    /// Makes a new key.
    package static func generate() throws(CryptographyError) -> SigningKey {
        guard let pointer = unsafe gathering_generate_ed25519() else { throw OpenSSL.failure("new private key") }
        return try SigningKey(unsafe KeyHandle(owning: pointer))
    }

    /// The key of a 32 byte seed, for known answers in tests. The caller's array is the caller's to wipe.
    package convenience init(seed: [UInt8]) throws(CryptographyError) {
        let handle = unsafe seed.withUnsafeBufferPointer { unsafe Self.handle(seed: $0) }
        guard let handle else {
            throw OpenSSL.failure(.malformed, "private key", expected: "32 bytes", found: "\(seed.count) bytes")
        }
        try self.init(handle)
    }

    /// Reads a private key file of OpenSSH without passphrase.
    ///
    /// - Throws: `CryptographyError`: `.file`, `.exposed` when other users may read it, `.malformed`, `.unsupported`
    ///   for other kinds of keys and encrypted ones.
    package static func load(_ path: String) throws(CryptographyError) -> SigningKey {
        let subject = "private key \(path)"
        var content = try PrivateFile.read(path, subject: subject)
        defer { content.wipe() }
        let container = try OpenSSHContainer(parsing: content, subject: subject)
        let handle = unsafe container.seed.withUnsafeBytes { unsafe Self.handle(seed: $0) }
        guard let handle else { throw OpenSSL.failure(subject) }
        let key = try SigningKey(handle)
        guard key.publicKey == container.publicKey else {
            throw CryptographyError(
                .mismatched, subject, expected: "a private and a public part of one key", found: "parts of two keys")
        }
        return key
    }

    /// Replaces the file by this key, mode 0600, and the one beside it named `.pub` by the public key.
    ///
    /// - Throws: `CryptographyError` `.file`.
    package func save(_ path: String, comment: String = "") throws(CryptographyError) {
        let subject = "private key \(path)"
        var seed = SecretBytes(capacity: 32)
        var raw = [UInt8](repeating: 0, count: 32)
        defer { raw.wipe() }
        var count = raw.count
        guard unsafe EVP_PKEY_get_raw_private_key(key.pointer, &raw, &count) == 1, count == 32 else {
            throw OpenSSL.failure(subject)
        }
        seed.append(raw)
        let container = OpenSSHContainer(seed: seed, publicKey: publicKey)
        let text = container.text(comment: comment)
        do throws(FileError) {
            try unsafe text.withUnsafeBytes { content throws(FileError) in
                try unsafe Files.write(content, to: path, permissions: 0o600)
            }
            try Files.write("\(publicKey.openSSH(comment: comment))\n".utf8, to: "\(path).pub")
        } catch {
            throw .file(error, subject)
        }
    }

    /// The 64 bytes of the signature over the message.
    ///
    /// - Throws: `CryptographyError` `.library` when memory is out.
    package func sign(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else { throw OpenSSL.failure("signature") }
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = signature.count
        guard unsafe EVP_DigestSignInit_ex(context, nil, nil, nil, nil, key.pointer, nil) == 1,
            unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1, count == 64
        else { throw OpenSSL.failure("signature") }
        return signature
    }

    private static func handle(seed: UnsafeBufferPointer<UInt8>) -> KeyHandle? {
        let pointer = unsafe EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed.baseAddress, seed.count)
        guard let pointer = unsafe pointer else { return nil }
        return unsafe KeyHandle(owning: pointer)
    }
}
