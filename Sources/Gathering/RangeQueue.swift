import Synchronization

/// Hands out contiguous ranges of a list in their order, each once, to workers that take the next when they have done
/// with one.
package final class RangeQueue: Sendable {
    private let count: Int
    private let size: Int
    private let sizes: ClosedRange<Int>
    private let taken = Mutex((pieces: 0, position: 0))

    /// - Parameters:
    ///   - count: the length of the list.
    ///   - workers: how many take ranges.
    ///   - rangesPerWorker: enough to even out their different costs.
    ///   - sizes: the smallest range that is worth its programs, and the largest whose state is worth holding.
    package init(count: Int, workers: Int, rangesPerWorker: Int, sizes: ClosedRange<Int>) {
        self.count = count
        self.sizes = sizes
        size = min(max(count / (workers * rangesPerWorker), sizes.lowerBound), sizes.upperBound)
    }

    /// How many ranges there are, or more than that.
    package var pieces: Int { (count + size - 1) / size }

    /// The next range, and its number among those handed out.
    /// - Parameter times: how many of the usual ranges it is to be, for work that turns out to be light.
    package func next(times: Int = 1) -> (piece: Int, range: Range<Int>)? {
        taken.withLock { taken in
            guard taken.position < count else { return nil }
            let start = taken.position
            taken.position = min(start + max(size, min(size * times, sizes.upperBound)), count)
            taken.pieces += 1
            return (taken.pieces - 1, start..<taken.position)
        }
    }
}
