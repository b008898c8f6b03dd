/// Watches the time limits of a running program.
struct Deadlines: Sendable {
    private let limits: Invocation.TimeLimits
    private let end: ContinuousClock.Instant?

    init(_ limits: Invocation.TimeLimits) {
        self.limits = limits
        end = limits.whole.map { .now + $0 }
    }

    /// A waiting that begins now.
    func beginWaiting() -> Waiting { Waiting(end: end, silenceLimit: limits.silence) }

    struct Waiting {
        private let end: ContinuousClock.Instant?
        private let silenceLimit: Duration?
        private var silentSince = ContinuousClock.now

        init(end: ContinuousClock.Instant?, silenceLimit: Duration?) {
            self.end = end
            self.silenceLimit = silenceLimit
        }

        /// The program was heard of: the silence begins anew.
        mutating func heard() { silentSince = .now }

        var isOver: Bool { nearest.map { $0 <= .now } ?? false }

        /// What `poll` may wait; -1 is for ever.
        var milliseconds: Int32 {
            guard let nearest else { return -1 }
            let (seconds, attoseconds) = ContinuousClock.now.duration(to: nearest).components
            guard seconds >= 0 && attoseconds >= 0 else { return 0 }
            // Rounded up, so that time is over when `poll` returns.
            return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
        }

        private var nearest: ContinuousClock.Instant? {
            let silence = silenceLimit.map { silentSince + $0 }
            guard let end, let silence else { return end ?? silence }
            return min(end, silence)
        }
    }
}
