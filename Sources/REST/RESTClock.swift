package import Timestamps

/// Time and chance, which tests replace: nothing there really waits.
package struct RESTClock: Sendable {
    package var now: @Sendable () -> Timestamp
    package var sleep: @Sendable (Duration) async throws -> Void
    /// 0 ..< 1, for the jitter of pauses.
    package var chance: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> Timestamp, sleep: @escaping @Sendable (Duration) async throws -> Void,
        chance: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.sleep = sleep
        self.chance = chance
    }

    package static let system = RESTClock(
        now: { .now }, sleep: { try await Task.sleep(for: $0) }, chance: { .random(in: 0..<1) })
}

/// How often and how long after each other a request is tried that got no answer or an error of the server.
package struct RESTRetries: Sendable {
    package var tries: Int
    /// Doubles after each further failure.
    package var firstPause: Duration
    package var longestPause: Duration
    /// The first wait where the server says that its limit is reached, but not for how long; it doubles as well.
    /// GitHub asks for a minute at least (docs.github.com, "Best practices for using the REST API").
    package var unknownLimit: Duration
    /// What is longer than this is not waited for.
    package var longestWait: Duration

    /// Six tries take about a minute, which bridges the restart of a server; GitHub's limits last an hour at most.
    package init(
        tries: Int = 6, firstPause: Duration = .seconds(1), longestPause: Duration = .seconds(60),
        unknownLimit: Duration = .seconds(60), longestWait: Duration = .seconds(5400)
    ) {
        self.tries = tries
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.unknownLimit = unknownLimit
        self.longestWait = longestWait
    }

    /// The pause after a number of failures; half of it is chance, so that many agents do not return at once.
    func pause(after failures: Int, chance: Double) -> Duration {
        min(firstPause * (1 << min(failures - 1, 16)), longestPause) * (0.5 + chance / 2)
    }

    /// The wait after a number of answers that named no end of a limit.
    func unknownWait(after answers: Int) -> Duration { min(unknownLimit * (1 << min(answers - 1, 5)), .seconds(3600)) }
}
