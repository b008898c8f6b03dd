internal import CArchive

/// Where libarchive's output goes: a closure, and the error with which it ended.
final class BlockOutput {
    private let take: ([UInt8]) throws -> Void
    /// Why the closure failed; libarchive itself only learns that it did.
    private(set) var failure: (any Error)?

    init(_ take: @escaping ([UInt8]) throws -> Void) { self.take = take }

    /// Whether the closure took the bytes. After its first error it is not asked again, though the library may try.
    func write(_ bytes: [UInt8]) -> Bool {
        guard failure == nil else { return false }
        do {
            try take(bytes)
            return true
        } catch {
            failure = error
            return false
        }
    }
}
