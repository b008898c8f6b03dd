internal import COpenSSL

/// The library's habits in one place: how it reports a failure and who frees what.
enum OpenSSL {
    /// Turns a failed call into our error and empties the thread's error queue.
    ///
    /// - Parameter code: what the failure means where the library's reason does not say more.
    static func failure(
        _ code: CryptographyError.Code, _ subject: String, expected: String, found: String = "something else"
    ) -> CryptographyError {
        CryptographyError(code, subject, expected: expected, found: found, cause: reason().map { .library($0) })
    }

    /// The error of a call that fails only when memory or the installation does.
    static func failure(_ subject: String) -> CryptographyError {
        failure(.library, subject, expected: "OpenSSL to do its work", found: "a refusal")
    }

    /// The first reason in the thread's error queue, which is emptied.
    private static func reason() -> String? {
        defer { ERR_clear_error() }
        let code = ERR_get_error()
        guard code != 0, let text = unsafe ERR_reason_error_string(code) else { return nil }
        return unsafe String(cString: text)
    }
}

/// Owns one `EVP_PKEY *`. OpenSSL overwrites private parts when it frees one.
///
/// `@unchecked Sendable`: the key is complete when it gets here and never changed afterwards; OpenSSL locks the
/// caches and the reference count inside.
@safe final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe EVP_PKEY_free(pointer) }
}

/// Owns one `X509 *`.
///
/// `@unchecked Sendable`: as with `KeyHandle`, never changed once it is here.
@safe final class CertificateHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe X509_free(pointer) }
}

/// Owns one `BIO *` in memory.
@safe struct MemoryBIO: ~Copyable {
    let pointer: OpaquePointer

    enum Content {
        case ordinary
        /// Kept in OpenSSL's secure heap where there is one, overwritten when freed.
        case secret
    }

    init(_ content: Content = .ordinary) throws(CryptographyError) {
        let made = unsafe BIO_new(content == .secret ? BIO_s_secmem() : BIO_s_mem())
        guard let made = unsafe made else { throw OpenSSL.failure("memory buffer") }
        unsafe pointer = made
    }

    /// A buffer that holds `capacity` bytes without growing.
    init(capacity: Int) throws(CryptographyError) {
        guard let buffer = unsafe BUF_MEM_new() else { throw OpenSSL.failure("memory buffer") }
        guard unsafe BUF_MEM_grow(buffer, capacity) == capacity, let made = unsafe BIO_new(BIO_s_mem()) else {
            unsafe BUF_MEM_free(buffer)
            throw OpenSSL.failure("memory buffer")
        }
        unsafe buffer.pointee.length = 0
        unsafe gathering_set_memory(made, buffer)
        unsafe pointer = made
    }

    /// A reader of bytes that outlive it.
    @unsafe init(reading bytes: UnsafeBufferPointer<UInt8>) throws(CryptographyError) {
        guard let made = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else {
            throw OpenSSL.failure("memory buffer")
        }
        unsafe pointer = made
    }

    deinit { unsafe BIO_free_all(pointer) }

    /// What was written so far, as text.
    var text: String {
        unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// What was written so far.
    var bytes: [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }

    @unsafe func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var start: UnsafeMutablePointer<CChar>?
        let count = unsafe gathering_memory(pointer, &start)
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: max(count, 0))
        return try unsafe body(bytes.assumingMemoryBound(to: UInt8.self))
    }
}
