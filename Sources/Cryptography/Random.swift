internal import COpenSSL

/// Unpredictable bytes, fit for keys and tokens.
package enum Random {
    /// The process ends where the system has no randomness: nothing secure can be done then.
    package static func bytes(_ count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let isFilled = unsafe RAND_priv_bytes(buffer.baseAddress, Int32(count)) == 1
            precondition(isFilled, "OpenSSL gave no random bytes")
            filled = count
        }
    }
}

/// Comparison in a time that does not tell where two secrets differ.
package enum ConstantTime {
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe CRYPTO_memcmp(left, right, left.count) == 0
    }
}
