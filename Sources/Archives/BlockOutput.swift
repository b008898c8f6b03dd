/// Where libarchive's output goes: a closure, until it fails or the archive is given up.
///
/// The library is not told about either. An archive that has failed in its eyes is never closed and keeps its buffers.
final class BlockOutput {
    private let take: ([UInt8]) throws -> Void
    /// Why the closure failed.
    private(set) var failure: (any Error)?
    private var isDiscarding = false

    init(_ take: @escaping ([UInt8]) throws -> Void) { self.take = take }

    /// Whether the closure shall have what comes next.
    var isWanted: Bool { !isDiscarding && failure == nil }

    func write(_ bytes: [UInt8]) {
        do { try take(bytes) } catch { failure = error }
    }

    /// Nobody wants the rest.
    func discard() { isDiscarding = true }
}
