import Schedules
import Synchronization
import Timestamps

/// A clock on which time passes only by waiting, and which somebody may set.
final class TestClock: WallClock {
    private struct State {
        /// Seconds that have truly passed.
        var elapsed = 0.0
        var steps: [(at: Double, seconds: Int)]
        let end: Double
        var sleeps = 0
    }

    private let start: Timestamp
    private let state: Mutex<State>

    /// - Parameters:
    ///   - steps: by how many seconds the clock is set, and after what true time.
    ///   - end: the true time after which waiting is cancelled.
    init(_ start: Timestamp, steps: [(after: Duration, by: Int)] = [], end: Duration) {
        self.start = start
        state = Mutex(State(steps: steps.map { ($0.after / .seconds(1), $0.by) }, end: end / .seconds(1)))
    }

    var now: Timestamp {
        state.withLock { state in
            let steps = state.steps.filter { $0.at <= state.elapsed }.reduce(0) { $0 + $1.seconds }
            return start + .seconds(state.elapsed) + .seconds(steps)
        }
    }

    var sleeps: Int { state.withLock { $0.sleeps } }

    func sleep(for duration: Duration) async throws {
        try state.withLock { state in
            // No timer is exact: this one is late by a thousandth.
            state.elapsed += duration / .seconds(1) + 0.001
            state.sleeps += 1
            if state.elapsed > state.end { throw CancellationError() }
        }
    }
}
