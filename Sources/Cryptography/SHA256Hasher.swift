internal import COpenSSL

/// SHA-256 of a sequence of pieces, for any number of values one after the other.
///
/// Making one costs more than hashing a short value, and `finish` starts the next value: keep the hasher where many
/// values are hashed.
///
/// `@unchecked Sendable`: the context has one owner, and every call that changes it needs that owner exclusively.
@safe package struct SHA256Hasher: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    /// The process ends where OpenSSL has no SHA-256, since nothing here works without.
    package init() {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("no memory for a SHA-256 context") }
        unsafe self.context = context
        start()
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    /// Adds the text's UTF-8.
    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { unsafe update(UnsafeRawBufferPointer($0)) }
    }

    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    @unsafe package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let isDone = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
        precondition(isDone, "OpenSSL refused to hash")
    }

    /// The digest of what was added since the start or the last call; the next value starts empty.
    package mutating func finish() -> SHA256Digest {
        var words = SHA256Digest.Words()
        let isDone = unsafe withUnsafeMutableBytes(of: &words) {
            unsafe EVP_DigestFinal_ex(context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), nil) == 1
        }
        precondition(isDone, "OpenSSL refused to hash")
        start()
        return SHA256Digest(words: words)
    }

    private func start() {
        let isDone = unsafe EVP_DigestInit_ex2(context, Algorithm.sha256.pointer, nil) == 1
        precondition(isDone, "OpenSSL has no SHA-256")
    }
}

/// An algorithm looked up once: a look-up costs more than hashing a short value.
///
/// `@unchecked Sendable`: OpenSSL's algorithm objects do not change.
@safe private final class Algorithm: @unchecked Sendable {
    static let sha256 = unsafe Algorithm(EVP_MD_fetch(nil, "SHA256", nil))

    let pointer: OpaquePointer?

    private init(_ pointer: OpaquePointer?) { unsafe self.pointer = pointer }

    deinit { unsafe EVP_MD_free(pointer) }
}
