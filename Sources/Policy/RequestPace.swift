import Synchronization

/// Lets so many requests to each host pass in a minute, evenly spread.
package final class RequestPace: Sendable {
    private let interval: Duration
    private let clock: any Clock<Duration>
    /// When the next request to a host may pass, since the pace began.
    private let turns = Mutex<[String: Duration]>([:])
    private let elapsed: @Sendable () -> Duration

    package init(requestsPerMinute: Int) {
        let start = ContinuousClock.now
        interval = .seconds(60) / requestsPerMinute
        clock = ContinuousClock()
        elapsed = { .now - start }
    }

    /// - Parameter elapsed: the time that has passed, for tests.
    package init(requestsPerMinute: Int, clock: any Clock<Duration>, elapsed: @escaping @Sendable () -> Duration) {
        interval = .seconds(60) / requestsPerMinute
        self.clock = clock
        self.elapsed = elapsed
    }

    /// Waits until a request to the host may pass. Cancelling the task ends the wait.
    package func wait(_ host: String) async {
        let now = elapsed()
        let turn = turns.withLock { turns in
            let turn = max(turns[host] ?? now, now)
            turns[host] = turn + interval
            return turn
        }
        guard turn > now else { return }
        // Whoever is cancelled is told so by the request itself.
        do { try await clock.sleep(for: turn - now) } catch {}
    }
}
