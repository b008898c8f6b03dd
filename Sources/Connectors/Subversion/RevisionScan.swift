import Blocking
import Gathering

/// Reads revisions with several `svn` processes at once: contiguous ranges of the list, handed out one after the
/// other, so that whoever has finished takes the next. Nearly all of the time is Subversion's own differences, and over
/// a network that of waiting for the server.
struct RevisionScan: Sendable {
    private let svn: SubversionProgram
    private let settings: SubversionSettings
    private let target: String
    private let revisions: [Int]
    private let request: GatheringRequest

    /// Enough ranges to even out their different costs, each long enough to be worth its two processes.
    private static let rangesPerWorker = 8
    private static let rangeSizes = 25...500

    /// - Parameters:
    ///   - target: what is read, at a fixed revision.
    ///   - revisions: those that changed it, ascending.
    init(
        _ svn: SubversionProgram, _ settings: SubversionSettings, _ target: String, _ revisions: [Int],
        _ request: GatheringRequest
    ) {
        self.svn = svn
        self.settings = settings
        self.target = target
        self.revisions = revisions
        self.request = request
    }

    /// Writes the rows of all revisions; returns what could not be read.
    func run() async throws -> Gaps {
        request.activity.begin("revisions", total: revisions.count)
        let workers = max(1, request.parallelism)
        let queue = RangeQueue(
            count: revisions.count, workers: workers, rangesPerWorker: Self.rangesPerWorker, sizes: Self.rangeSizes)
        return try await withThrowingTaskGroup(of: Gaps.self) { group in
            for _ in 0..<min(workers, queue.pieces) {
                group.addTask {
                    try await request.slots.occupy {
                        try await blocking { cancellation in
                            var worker = RangeWorker(svn, settings, target, revisions, request, cancellation)
                            while let (piece, range) = queue.next() { try worker.scan(range, piece: piece) }
                            return worker.gaps
                        }
                    }
                }
            }
            return try await group.reduce(into: Gaps()) { $0.merge($1) }
        }
    }
}
