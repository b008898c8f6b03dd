internal import COpenSSL

/// Opens what a `Sealer` sealed for this certificate, or for one that was in use before it.
package struct Opener: Sendable {
    private let pairs: [(certificate: Certificate, privateKey: PrivateKey)]

    /// - Parameter former: certificates for which something may have been sealed, and their keys.
    /// - Throws: `CryptographyError` `.mismatched` when a key is not its certificate's.
    package init(
        _ certificate: Certificate, _ privateKey: PrivateKey, former: [(Certificate, PrivateKey)] = []
    ) throws(CryptographyError) {
        pairs = [(certificate, privateKey)] + former
        for (certificate, privateKey) in pairs where !certificate.belongs(to: privateKey) {
            throw CryptographyError(
                .mismatched, "private key", expected: "the one of the certificate", found: "another one")
        }
    }

    /// The content of one envelope; nothing is handed out unless all of it is genuine.
    ///
    /// - Throws: `CryptographyError`: `.malformed` when it is no envelope of the kind we make, `.foreign` when it is
    ///   sealed for another certificate, `.damaged` when it was changed.
    package func open(_ envelope: consuming [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard DERReader.endsWithTag(ofBytes: 16, envelope) else { throw Self.malformed }
        let parsed = unsafe envelope.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var position = bytes.baseAddress
            guard let parsed = unsafe d2i_CMS_ContentInfo(nil, &position, bytes.count) else { return nil }
            // Nothing may follow the envelope, and older kinds without authentication are not ours.
            guard unsafe position == bytes.baseAddress?.advanced(by: bytes.count),
                unsafe OBJ_obj2nid(CMS_get0_type(parsed)) == NID_id_smime_ct_authEnvelopedData,
                unsafe OBJ_obj2nid(CMS_get0_eContentType(parsed)) == NID_pkcs7_data
            else {
                unsafe CMS_ContentInfo_free(parsed)
                return nil
            }
            return unsafe parsed
        }
        guard let parsed = unsafe parsed else { throw Self.malformed }
        let capacity = envelope.count
        // OpenSSL has its own copy, and an envelope may be large.
        envelope = []
        return try unsafe decrypt(parsed, upTo: capacity).bytes
    }

    /// Decrypts an envelope and frees it, so that it is gone before the content is copied.
    private func decrypt(_ envelope: OpaquePointer, upTo capacity: Int) throws(CryptographyError) -> MemoryBIO {
        defer { unsafe CMS_ContentInfo_free(envelope) }
        let pair = pairs.first { unsafe gathering_is_recipient(envelope, $0.certificate.handle.pointer) == 1 }
        guard let (certificate, privateKey) = pair else {
            throw CryptographyError(
                .foreign, "envelope", expected: "one sealed for our certificate", found: "one for another")
        }
        let output = try MemoryBIO(capacity: capacity)
        let isOpen =
            unsafe CMS_decrypt(
                envelope, privateKey.key.pointer, certificate.handle.pointer, nil, output.pointer, UInt32(CMS_BINARY))
            == 1
        guard isOpen else {
            throw OpenSSL.failure(.damaged, "envelope", expected: "the content as it was sealed", found: "another")
        }
        return output
    }

    private static var malformed: CryptographyError {
        OpenSSL.failure(.malformed, "envelope", expected: "one CMS AuthEnvelopedData in DER with a tag of 16 bytes")
    }
}
