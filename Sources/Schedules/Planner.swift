package import Timestamps

/// Says when a schedule's next run is, and whether it is time for it, whatever happens to the clock meanwhile.
package struct Planner: Sendable {
    package let schedule: Schedule
    package let offset: Duration
    private let zone: TimeZoneRule
    /// All moments up to this one are run or given up.
    private var covered: Timestamp
    /// The moment of the next run, in the past when it is overdue.
    package private(set) var next: Timestamp

    /// A clock that goes back by less than this repeats nothing; one that goes back further was wrong before.
    static let longestStepBack = Duration.seconds(3 * 3600)

    /// - Parameters:
    ///   - lastRun: when the last run before this program's start began: what was missed since is run once, soon.
    ///     Without one, the first run waits for its moment.
    package init(
        _ schedule: Schedule, in zone: TimeZoneRule, offset: Duration = .zero, lastRun: Timestamp?, now: Timestamp
    ) {
        self.schedule = schedule
        self.zone = zone
        self.offset = offset
        covered = lastRun ?? now
        if covered - now > Self.longestStepBack { covered = now }
        next = Self.next(after: covered, schedule, zone, offset)
    }

    /// Whether it is time for a run, which the answer then counts as begun: one, however many moments have passed.
    package mutating func isDue(at now: Timestamp) -> Bool {
        if covered - now > Self.longestStepBack { cover(now) }
        guard next <= now else { return false }
        cover(now)
        return true
    }

    private mutating func cover(_ moment: Timestamp) {
        covered = moment
        next = Self.next(after: moment, schedule, zone, offset)
    }

    private static func next(
        after moment: Timestamp, _ schedule: Schedule, _ zone: TimeZoneRule, _ offset: Duration
    ) -> Timestamp {
        schedule.next(after: moment + (.zero - offset), in: zone) + offset
    }
}
