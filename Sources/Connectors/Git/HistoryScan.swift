import Blocking
import Gathering

/// Reads the commits of a history with several `git` processes at once: contiguous ranges of the list, handed out
/// one after the other, so that a core that has finished takes the next. Nearly all of the time is Git's own diffs.
struct HistoryScan: Sendable {
    private let git: GitProgram
    private let settings: GitSettings
    private let history: History
    private let request: GatheringRequest

    /// Enough ranges to even out their different costs, each long enough to be worth its process.
    private static let rangesPerWorker = 6
    private static let rangeSizes = 500...5000
    /// Where nearly all counts are known, starting `git` is what a range costs.
    private static let knownTimes = 3
    /// From here on a walk over the history takes longer than starting `git`.
    private static let leastForGraph = 1000

    init(_ git: GitProgram, _ settings: GitSettings, _ history: History, _ request: GatheringRequest) {
        self.git = git
        self.settings = settings
        self.history = history
        self.request = request
    }

    /// Writes the rows of all commits; returns what could not be read, a sentence each.
    func run() async throws -> [String] {
        request.activity.begin("commits", total: history.count)
        guard history.count > 0 else { return [] }
        let workers = max(1, request.parallelism)
        let queue = RangeQueue(
            count: history.count, workers: workers, rangesPerWorker: Self.rangesPerWorker, sizes: Self.rangeSizes)
        return try await withThrowingTaskGroup(of: [String].self) { group in
            if let branches = history.branches {
                group.addTask {
                    try await blocking { cancellation in try branches.workOut(git, cancellation) }
                    return []
                }
            }
            if history.isFirst, history.count >= Self.leastForGraph {
                group.addTask {
                    try await blocking { cancellation in try history.keepGraph(git, cancellation) }
                    return []
                }
            }
            for _ in 0..<min(workers, queue.pieces) {
                group.addTask {
                    try await request.slots.occupy {
                        try await blocking { cancellation in
                            // Whoever got a slot late may find nothing left.
                            guard var next = queue.next() else { return [] }
                            var worker = try RangeWorker(git, settings, history, request, cancellation)
                            while true {
                                try worker.scan(next.range, piece: next.piece)
                                let times = worker.knewCounts ? Self.knownTimes : 1
                                guard let following = queue.next(times: times) else { return worker.gaps }
                                next = following
                            }
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
