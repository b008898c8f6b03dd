import Synchronization

/// A clock on which waiting takes no time, and which remembers what was waited for.
final class Waits: Clock {
    struct Instant: InstantProtocol {
        var offset = Duration.zero
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let waits = Mutex<[Duration]>([])
    var now: Instant { Instant() }
    var minimumResolution: Duration { .zero }
    var all: [Duration] { waits.withLock { $0 } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        waits.withLock { $0.append(deadline.offset) }
    }
}
