internal import COpenSSL

/// Seals bytes so that only the owner of a certificate's private key can open them.
///
/// The envelope is CMS AuthEnvelopedData (RFC 5083) in DER: AES-256-GCM under a fresh key, which is wrapped by ECDH with
/// an ephemeral key and a derivation with SHA-256 (RFC 5753). `openssl cms -decrypt -inform DER` opens it.
package struct Sealer: Sendable {
    package let certificate: Certificate

    /// - Throws: `CryptographyError` `.unsupported` when the certificate's key is not one on P-256.
    package init(_ certificate: Certificate) throws(CryptographyError) {
        let key = unsafe X509_get0_pubkey(certificate.handle.pointer)
        guard unsafe EVP_PKEY_is_a(key, "EC") == 1, unsafe EVP_PKEY_get_bits(key) == 256 else {
            ERR_clear_error()
            throw CryptographyError(
                .unsupported, "certificate to seal for", expected: "an EC key on the curve P-256",
                found: "another kind of key")
        }
        self.certificate = certificate
    }

    /// Seals bytes of one part; memory of about twice their size is needed beside them.
    ///
    /// - Precondition: less than 1 GiB, since OpenSSL counts in 32 bits.
    /// - Throws: `CryptographyError` `.library`.
    package func seal(_ content: [UInt8]) throws(CryptographyError) -> [UInt8] {
        precondition(content.count < 1 << 30, "a part to seal is at most 1 GiB")
        let flags = UInt32(CMS_BINARY | CMS_PARTIAL)
        guard let envelope = unsafe CMS_encrypt(nil, nil, EVP_aes_256_gcm(), flags) else { throw Self.failure }
        defer { unsafe CMS_ContentInfo_free(envelope) }
        guard
            let recipient = unsafe CMS_add1_recipient_cert(
                envelope, certificate.handle.pointer, UInt32(CMS_KEY_PARAM)),
            // The library would take SHA-1 to derive the key that wraps.
            unsafe EVP_PKEY_CTX_set_ecdh_kdf_md(CMS_RecipientInfo_get0_pkey_ctx(recipient), EVP_sha256()) == 1
        else { throw Self.failure }
        let isDone = try unsafe content.withUnsafeBufferPointer { bytes throws(CryptographyError) in
            let source = unsafe try MemoryBIO(reading: bytes)
            return unsafe CMS_final(envelope, source.pointer, nil, UInt32(CMS_BINARY)) == 1
        }
        guard isDone else { throw Self.failure }
        let count = unsafe i2d_CMS_ContentInfo(envelope, nil)
        guard count > 0 else { throw Self.failure }
        return unsafe [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
            var start = buffer.baseAddress
            filled = unsafe Int(max(0, i2d_CMS_ContentInfo(envelope, &start)))
            precondition(filled == Int(count), "OpenSSL wrote another number of bytes than it announced")
        }
    }

    private static var failure: CryptographyError { OpenSSL.failure("envelope") }
}
