import Synchronization

/// Lets so many through at once, and one more each time a period has passed.
final class RateLimit: Sendable {
    private struct State {
        var left: Double
        var time: ContinuousClock.Instant
    }

    private let burst: Double
    private let period: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    init(burst: Int, period: Duration, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.burst = Double(burst)
        self.period = period
        self.now = now
        state = Mutex(State(left: Double(burst), time: now()))
    }

    /// Whether one more may pass, which then has.
    func admit() -> Bool {
        let now = now()
        return state.withLock { state in
            state.left = min(burst, state.left + (now - state.time) / period)
            state.time = now
            guard state.left >= 1 else { return false }
            state.left -= 1
            return true
        }
    }

    /// Whole seconds until one more may pass, for `Retry-After`.
    var secondsToWait: Int { max(1, Int(period.components.seconds)) }
}
