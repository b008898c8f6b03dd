import Gathering
import Testing

@Suite struct RangeQueueTests {
    @Test(arguments: [(0, []), (1, [0..<1]), (10, [0..<4, 4..<8, 8..<10]), (60, [0..<10, 10..<20, 20..<30])])
    func rangesFollowEachOtherAndHaveSensibleSizes(count: Int, first: [Range<Int>]) {
        let queue = RangeQueue(count: count, workers: 2, rangesPerWorker: 3, sizes: 4...20)
        var ranges: [Range<Int>] = []
        while let (piece, range) = queue.next() {
            #expect(piece == ranges.count)
            ranges.append(range)
        }
        #expect(ranges.count == queue.pieces)
        #expect(Array(ranges.prefix(3)) == first)
        #expect(ranges.map(\.count).reduce(0, +) == count && (ranges.last?.upperBound ?? 0) == count)
    }

    @Test func lightWorkComesInLargerRanges() {
        let queue = RangeQueue(count: 100, workers: 2, rangesPerWorker: 10, sizes: 4...20)
        #expect(queue.next()?.range == 0..<5)
        #expect(queue.next(times: 3)?.range == 5..<20)
        #expect(queue.next(times: 30)?.range == 20..<40)
        #expect(queue.next()?.piece == 3)
    }

    @Test func aRangeIsNoLargerThanTheLargest() {
        let queue = RangeQueue(count: 1000, workers: 1, rangesPerWorker: 2, sizes: 4...20)
        #expect(queue.pieces == 50)
    }
}
