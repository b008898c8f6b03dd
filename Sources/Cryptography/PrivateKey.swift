internal import COpenSSL
internal import Files

/// An EC P-256 private key: the controller's, for TLS and for opening what was sealed for its certificate.
///
/// OpenSSL holds the key material and overwrites it when the last reference ends.
package struct PrivateKey: Sendable {
    let key: KeyHandle

    /// Makes a new key.
    package static func generate() throws(CryptographyError) -> PrivateKey {
        guard let pointer = unsafe gathering_generate_p256() else { throw OpenSSL.failure("new private key") }
        return PrivateKey(key: unsafe KeyHandle(owning: pointer))
    }

    /// Reads one unencrypted key in PEM form.
    ///
    /// - Throws: `CryptographyError` `.malformed` or `.unsupported`.
    package init(pem: String) throws(CryptographyError) {
        var bytes = Array(pem.utf8)
        defer { bytes.wipe() }
        try self.init(pem: bytes, subject: "private key")
    }

    /// Reads a key file.
    ///
    /// - Throws: `CryptographyError`: `.file`, `.exposed` when other users may read it, `.malformed`, `.unsupported`.
    package static func load(_ path: String) throws(CryptographyError) -> PrivateKey {
        let subject = "private key \(path)"
        var content = try PrivateFile.read(path, subject: subject)
        defer { content.wipe() }
        return try PrivateKey(pem: content, subject: subject)
    }

    /// Replaces the file by this key, mode 0600.
    ///
    /// - Throws: `CryptographyError` `.file`.
    package func save(_ path: String) throws(CryptographyError) {
        let text = try writePEM()
        do throws(FileError) {
            try unsafe text.withUnsafeBytes { content throws(FileError) in
                try unsafe Files.write(content, to: path, permissions: 0o600)
            }
        } catch {
            throw .file(error, "private key \(path)")
        }
    }

    /// The key in PEM form (PKCS #8). A text cannot be wiped: keep it no longer than it takes to hand it on.
    package func pem() throws(CryptographyError) -> String { try writePEM().text }

    private init(key: KeyHandle) { self.key = key }

    private init(pem: [UInt8], subject: String) throws(CryptographyError) {
        // Without this answer OpenSSL would ask for a passphrase on the terminal.
        let refusePassphrase:
            @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) ->
                Int32 = { _, _, _, _ in -1 }
        let pointer = try unsafe pem.withUnsafeBufferPointer { bytes throws(CryptographyError) in
            let bio = unsafe try MemoryBIO(reading: bytes)
            return unsafe PEM_read_bio_PrivateKey(bio.pointer, nil, refusePassphrase, nil)
        }
        guard let pointer = unsafe pointer else {
            throw OpenSSL.failure(.malformed, subject, expected: "an unencrypted private key in PEM form")
        }
        key = unsafe KeyHandle(owning: pointer)
        guard unsafe EVP_PKEY_is_a(pointer, "EC") == 1, unsafe EVP_PKEY_get_bits(pointer) == 256 else {
            throw CryptographyError(
                .unsupported, subject, expected: "an EC key on the curve P-256", found: "another kind of key")
        }
    }

    private func writePEM() throws(CryptographyError) -> MemoryBIO {
        let bio = try MemoryBIO(.secret)
        guard unsafe PEM_write_bio_PKCS8PrivateKey(bio.pointer, key.pointer, nil, nil, 0, nil, nil) == 1 else {
            throw OpenSSL.failure("private key")
        }
        return bio
    }
}
