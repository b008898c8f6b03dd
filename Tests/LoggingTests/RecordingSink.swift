import Logging
import Synchronization

/// Keeps the records it is given.
final class RecordingSink: LogSink {
    let level: LogLevel
    private let state = Mutex<[LogRecord]>([])

    init(level: LogLevel = .debug) { self.level = level }

    func write(_ record: LogRecord) { state.withLock { $0.append(record) } }

    var records: [LogRecord] { state.withLock { $0 } }
}

/// A clock that stands still until it is told to go on.
final class TestClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let state = Mutex(Instant(offset: .zero))

    var now: Instant { state.withLock { $0 } }
    var minimumResolution: Duration { .nanoseconds(1) }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws { preconditionFailure("nobody sleeps") }
    func advance(by duration: Duration) { state.withLock { $0.offset += duration } }
}
