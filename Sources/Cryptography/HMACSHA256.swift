internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104) under one key, for any number of values one after the other.
///
/// OpenSSL keeps the key and overwrites it when this value ends; the caller's array is the caller's.
/// `@unchecked Sendable`: as `SHA256Hasher`.
@safe package struct HMACSHA256: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    /// - Throws: `CryptographyError` where OpenSSL has no HMAC.
    package init(key: [UInt8]) throws(CryptographyError) {
        guard let algorithm = unsafe EVP_MAC_fetch(nil, "HMAC", nil) else { throw OpenSSL.failure("HMAC-SHA-256") }
        defer { unsafe EVP_MAC_free(algorithm) }
        guard let context = unsafe EVP_MAC_CTX_new(algorithm) else { throw OpenSSL.failure("HMAC-SHA-256") }
        // An empty key is legal, but a null pointer would mean "the key there is".
        let isDone = unsafe gathering_start_hmac_sha256(context, key.isEmpty ? [0] : key, key.count) == 1
        guard isDone else {
            unsafe EVP_MAC_CTX_free(context)
            throw OpenSSL.failure("HMAC-SHA-256")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }

    package mutating func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    /// Adds the text's UTF-8.
    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { unsafe update(UnsafeRawBufferPointer($0)) }
    }

    /// The code of what was added since the start or the last call; the next value starts empty, under the same key.
    package mutating func finish() -> SHA256Digest {
        var words = SHA256Digest.Words()
        var count = 0
        let isDone = unsafe withUnsafeMutableBytes(of: &words) {
            unsafe EVP_MAC_final(context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), &count, $0.count) == 1
        }
        precondition(isDone && count == 32, "OpenSSL refused to authenticate")
        let isReady = unsafe EVP_MAC_init(context, nil, 0, nil) == 1
        precondition(isReady, "OpenSSL refused to authenticate")
        return SHA256Digest(words: words)
    }

    private func update(_ bytes: UnsafeRawBufferPointer) {
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let isDone = unsafe EVP_MAC_update(context, start, bytes.count) == 1
        precondition(isDone, "OpenSSL refused to authenticate")
    }
}
