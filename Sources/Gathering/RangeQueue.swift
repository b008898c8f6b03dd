import Synchronization

/// Hands out contiguous ranges of a list in their order, each once, to workers that take the next when they have done
/// with one.
package final class RangeQueue: Sendable {
    private let count: Int
    private let size: Int
    private let taken = Atomic(0)

    /// - Parameters:
    ///   - count: the length of the list.
    ///   - workers: how many take ranges.
    ///   - rangesPerWorker: enough to even out their different costs.
    ///   - sizes: the smallest range that is worth its programs, and the largest whose state is worth holding.
    package init(count: Int, workers: Int, rangesPerWorker: Int, sizes: ClosedRange<Int>) {
        self.count = count
        size = min(max(count / (workers * rangesPerWorker), sizes.lowerBound), sizes.upperBound)
    }

    /// How many ranges there are.
    package var pieces: Int { (count + size - 1) / size }

    package func next() -> (piece: Int, range: Range<Int>)? {
        let piece = taken.wrappingAdd(1, ordering: .relaxed).oldValue
        return piece < pieces ? (piece, piece * size..<min((piece + 1) * size, count)) : nil
    }
}
