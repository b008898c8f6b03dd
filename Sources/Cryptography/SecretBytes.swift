internal import COpenSSL

/// Bytes that must not stay in memory: never copied by growing, overwritten when the value ends.
@safe struct SecretBytes: ~Copyable {
    private let storage: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(capacity: Int) {
        unsafe storage = .allocate(capacity: capacity)
    }

    deinit {
        unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    /// - Precondition: the capacity suffices.
    mutating func append(_ byte: UInt8) {
        precondition(unsafe count < storage.count, "secret bytes do not grow")
        unsafe storage.initializeElement(at: count, to: byte)
        count += 1
    }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { append(byte) }
    }

    @unsafe borrowing func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeBufferPointer(rebasing: storage[..<count]))
    }
}

extension Array where Element == UInt8 {
    /// Overwrites the bytes in place.
    ///
    /// - Precondition: nothing else holds this array, or only a copy would be overwritten.
    mutating func wipe() {
        unsafe withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}
