import Blocking
import Gathering

/// Reads revisions with several `svn` processes at once: contiguous ranges of the list, handed out one after the
/// other, so that whoever has finished takes the next. Nearly all of the time is Subversion's own differences, and over
/// a network that of waiting for the server.
struct RevisionScan: Sendable {
    private let svn: SubversionProgram
    private let settings: SubversionSettings
    private let list: RevisionList
    private let request: GatheringRequest
    private let firstPiece: Int
    private let workers: Int
    private let queue: RangeQueue

    /// Enough ranges to even out their different costs, each long enough to be worth its two processes.
    private static let rangesPerWorker = 8
    private static let rangeSizes = 25...500

    /// Connections to one server: enough to wait for it at the same time, few enough not to be a burden.
    private static let connections = 4

    /// - Parameter firstPiece: the number of the first piece that this scan writes.
    init(
        _ svn: SubversionProgram, _ settings: SubversionSettings, _ list: RevisionList, _ request: GatheringRequest,
        firstPiece: Int
    ) {
        self.svn = svn
        self.settings = settings
        self.list = list
        self.request = request
        self.firstPiece = firstPiece
        workers = max(1, svn.address.scheme == .file ? request.parallelism : Self.connections)
        queue = RangeQueue(
            count: list.revisions.count, workers: workers, rangesPerWorker: Self.rangesPerWorker,
            sizes: Self.rangeSizes)
    }

    /// How many pieces this scan writes.
    var pieces: Int { queue.pieces }

    /// Writes the rows of all revisions; returns what could not be read.
    func run() async throws -> Gaps {
        request.activity.begin("revisions", total: list.revisions.count)
        return try await withThrowingTaskGroup(of: Gaps.self) { group in
            for _ in 0..<min(workers, queue.pieces) {
                group.addTask {
                    // Who waits for a server needs no core.
                    guard svn.address.scheme == .file else { return try await work() }
                    return try await request.slots.occupy { try await work() }
                }
            }
            return try await group.reduce(into: Gaps()) { $0.merge($1) }
        }
    }

    private func work() async throws -> Gaps {
        try await blocking { cancellation in
            var worker = RangeWorker(svn, settings, list.target, list.revisions, request, cancellation)
            while let (piece, range) = queue.next() { try worker.scan(range, piece: firstPiece + piece) }
            return worker.gaps
        }
    }
}
