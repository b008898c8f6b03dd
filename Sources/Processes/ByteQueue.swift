/// Bytes taken in the order in which they came, without moving those behind.
struct ByteQueue: Sendable {
    private var bytes: [UInt8] = []
    private var first = 0

    var isEmpty: Bool { first == bytes.count }
    var count: Int { bytes.count - first }

    mutating func append(_ more: ArraySlice<UInt8>) { bytes += more }

    /// Moves bytes to the start of `buffer` and answers how many.
    mutating func take(into buffer: inout [UInt8]) -> Int {
        let count = min(buffer.count, count)
        buffer.replaceSubrange(0..<count, with: bytes[first..<first + count])
        drop(count)
        return count
    }

    mutating func drop(_ count: Int) {
        first += count
        if isEmpty { self = ByteQueue() }
    }

    func withNext<Answer>(_ body: (UnsafeRawBufferPointer) -> Answer) -> Answer {
        unsafe bytes.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[first...])) }
    }
}
