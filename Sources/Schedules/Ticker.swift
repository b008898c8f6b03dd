import Synchronization
package import Timestamps

/// The clock on the wall, which may be put forward and back, and a way to wait.
package protocol WallClock: Sendable {
    var now: Timestamp { get }
    /// Waits for a time that no clock change touches.
    func sleep(for duration: Duration) async throws
}

package struct SystemWallClock: WallClock {
    package init() {}
    package var now: Timestamp { .now }
    package func sleep(for duration: Duration) async throws { try await ContinuousClock().sleep(for: duration) }
}

/// Tells when it is time for any of several schedules. It waits on one timer, and looks at the clock at least once a
/// minute, so that a clock that was put forward is noticed.
package final class Ticker<Name: Hashable & Sendable, Clock: WallClock>: Sendable {
    private let clock: Clock
    private let planners: Mutex<[Name: Planner]>

    package init(_ planners: [Name: Planner], clock: Clock) {
        self.clock = clock
        self.planners = Mutex(planners)
    }

    /// The longest that a change of the clock goes unnoticed.
    package static var longestSleep: Duration { .seconds(60) }

    /// A schedule as it stands; `nil` where there is none of that name.
    package func plan(_ name: Name) -> Planner? { planners.withLock { $0[name] } }

    /// Takes other schedules from now on. `run` has to be begun again to heed them at once.
    package func replace(_ planners: [Name: Planner]) { self.planners.withLock { $0 = planners } }

    /// Runs until the task is cancelled, calling `due` for each schedule whose moment has come, and `idle` whenever it
    /// wakes.
    package func run(
        idle: () async -> Void = {}, due: (Name, Timestamp) async -> Void
    ) async throws(CancellationError) {
        while !Task.isCancelled {
            let now = clock.now
            let (names, pause) = planners.withLock { planners in
                var names: [Name] = []
                for name in planners.keys where planners[name]?.isDue(at: now) == true { names.append(name) }
                let next = planners.values.map(\.next).min()
                return (names, next.map { min(max($0 - now, .zero), Self.longestSleep) } ?? Self.longestSleep)
            }
            for name in names { await due(name, now) }
            await idle()
            do { try await clock.sleep(for: pause) } catch { break }
        }
        throw CancellationError()
    }
}
