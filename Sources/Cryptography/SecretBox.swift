internal import COpenSSL

/// Encrypts short secrets for a place where others may read: AES-256-GCM (NIST SP 800-38D) under a key that is derived from
/// a text by HMAC-SHA-256, with a fresh nonce for each.
package struct SecretBox: Sendable {
    private let key: [UInt8]

    private static let nonceLength = 12
    private static let tagLength = 16
    private static let prefix = "box1:"

    /// - Parameters:
    ///   - secret: as hard to guess as the key is to be.
    ///   - purpose: tells the keys apart that are made of one secret.
    /// - Throws: `CryptographyError` where OpenSSL has no HMAC.
    package init(secret: String, purpose: String) throws(CryptographyError) {
        var derivation = try HMACSHA256(key: Array(secret.utf8))
        derivation.update(purpose)
        key = derivation.finish().bytes
    }

    /// Whether a text is one that a box has made.
    package static func isSealed(_ text: String) -> Bool { text.hasPrefix(prefix) }

    /// - Parameter place: where the text will stand; it opens with the same one only.
    /// - Throws: `CryptographyError` `.library`.
    package func seal(_ text: String, for place: String) throws(CryptographyError) -> String {
        let nonce = Random.bytes(Self.nonceLength)
        let (content, tag) = try cipher(.seal, Array(text.utf8), nonce: nonce, tag: [], place: place)
        return Self.prefix + Base64.url.encode(nonce + content + tag)
    }

    /// - Throws: `CryptographyError`: `.malformed`; `.damaged` when it was sealed with another key or for another place.
    package func open(_ text: String, for place: String) throws(CryptographyError) -> String {
        let malformed = CryptographyError(
            .malformed, "sealed secret", expected: "what a box has made", found: "something else")
        guard Self.isSealed(text), let bytes = Base64.url.decode(String(text.dropFirst(Self.prefix.count))),
            bytes.count >= Self.nonceLength + Self.tagLength
        else { throw malformed }
        let (content, _) = try cipher(
            .open, Array(bytes[Self.nonceLength..<(bytes.count - Self.tagLength)]),
            nonce: Array(bytes.prefix(Self.nonceLength)), tag: Array(bytes.suffix(Self.tagLength)), place: place)
        guard let opened = String(validating: content, as: UTF8.self) else { throw malformed }
        return opened
    }

    private enum Direction: Int32 { case open = 0, seal = 1 }

    private func cipher(
        _ direction: Direction, _ input: [UInt8], nonce: [UInt8], tag: [UInt8], place: String
    ) throws(CryptographyError) -> (content: [UInt8], tag: [UInt8]) {
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw OpenSSL.failure("cipher") }
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        let place = Array(place.utf8)
        var output = [UInt8](repeating: 0, count: input.count)
        var count: Int32 = 0
        let isReady =
            unsafe EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce, direction.rawValue) == 1
            && EVP_CipherUpdate(context, nil, &count, place, Int32(place.count)) == 1
            && EVP_CipherUpdate(context, &output, &count, input, Int32(input.count)) == 1
        guard isReady else { throw OpenSSL.failure("cipher") }
        var tag = tag
        if direction == .open {
            let isSet =
                unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagLength), &tag) == 1
            guard isSet else { throw OpenSSL.failure("cipher") }
        }
        // GCM writes nothing at the end; it compares the tag.
        var rest = [UInt8](repeating: 0, count: 16)
        guard unsafe EVP_CipherFinal_ex(context, &rest, &count) == 1 else {
            throw OpenSSL.failure(.damaged, "sealed secret", expected: "one of this key and place", found: "another")
        }
        if direction == .seal {
            tag = [UInt8](repeating: 0, count: Self.tagLength)
            let isGiven =
                unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagLength), &tag) == 1
            guard isGiven else { throw OpenSSL.failure("cipher") }
        }
        return (output, tag)
    }
}
