/// Where libarchive's input comes from: a closure, at a fixed place in memory because the library keeps the address
/// until it asks again.
@safe final class BlockInput {
    private let take: () throws -> [UInt8]
    private let buffer: UnsafeMutableRawBufferPointer
    /// What the closure gave and the library has not had.
    private var pending: ArraySlice<UInt8> = []
    /// The closure has no more, and the library has asked beyond its end.
    private(set) var isExhausted = false
    /// Why the closure failed; libarchive itself only learns that it did.
    private(set) var failure: (any Error)?

    init(_ take: @escaping () throws -> [UInt8]) {
        self.take = take
        unsafe buffer = .allocate(byteCount: 128 << 10, alignment: 16)
    }

    deinit { unsafe buffer.deallocate() }

    /// The next bytes, valid until the next call; an empty buffer is the end, `nil` a failure.
    @unsafe func next() -> UnsafeRawBufferPointer? {
        do {
            if pending.isEmpty {
                // Frees the last piece before there is another one: it may have megabytes.
                pending = []
                pending = try take()[...]
            }
        } catch {
            failure = error
            return nil
        }
        if pending.isEmpty { isExhausted = true }
        let count = unsafe min(pending.count, buffer.count)
        unsafe buffer.copyBytes(from: pending.prefix(count))
        pending = pending.dropFirst(count)
        return unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }
}
