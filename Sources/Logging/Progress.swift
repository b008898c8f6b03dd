import Synchronization

/// Tells how far a long work is: one redrawn line on a terminal, a log line now and then elsewhere.
///
/// There is no timer behind it: the work's own calls of `advance` make it speak, and work that stands still says
/// nothing. Called from any thread.
package final class Progress: Sendable {
    private struct State {
        var done = 0
        var total: Int?
        var drawn: Duration?
        var logged: Duration = .zero
        var isFinished = false
    }

    private let task: StaticString
    private let unit: String
    private let logger: Logger
    private let lines: Logger
    private let displays: [any StatusDisplay]
    private let interval: Duration
    private let elapsed: @Sendable () -> Duration
    private let state: Mutex<State>

    /// Faster redrawing only costs time: nobody reads more than ten numbers a second.
    private static let redrawInterval = Duration.milliseconds(100)

    /// Begins the work now.
    /// - Parameter task: what is done, e.g. `gathering commits`.
    /// - Parameter unit: what is counted, e.g. `commits`.
    /// - Parameter total: how many there are, where that is known.
    /// - Parameter interval: between two log lines.
    package init<C: Clock<Duration>>(
        _ task: StaticString, unit: String, total: Int? = nil, logger: Logger, every interval: Duration = .seconds(5),
        clock: C = ContinuousClock()
    ) {
        self.task = task
        self.unit = unit
        self.logger = logger
        self.interval = interval
        displays = logger.displays
        lines = logger.withoutDisplays
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
        state = Mutex(State(total: total))
    }

    deinit { for display in displays { display.show(nil, of: ObjectIdentifier(self)) } }

    /// Counts more as done.
    package func advance(by count: Int = 1) { update { $0.done += count } }

    /// Sets how much there is to do, when that becomes known.
    package func expect(_ total: Int) { update { $0.total = total } }

    /// Ends the work: clears the line and logs the count. Further calls do nothing.
    package func finish() {
        let done: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.isFinished = true
            for display in displays { display.show(nil, of: ObjectIdentifier(self)) }
            return state.done
        }
        guard let done else { return }
        logger.info(
            task,
            ["progress.done": .integer(done), "progress.unit": .text(unit), "progress.seconds": .seconds(elapsed())])
    }

    /// Speaks while it holds the state, so that nothing is shown once `finish` has returned.
    private func update(_ change: (inout State) -> Void) {
        let now = elapsed()
        state.withLock { state in
            change(&state)
            guard !state.isFinished else { return }
            if !displays.isEmpty, state.drawn.map({ now - $0 >= Self.redrawInterval }) ?? true {
                state.drawn = now
                let line = ProgressLine(
                    task: "\(task)", unit: unit, done: state.done, total: state.total, elapsed: now)
                for display in displays { display.show(line.text, of: ObjectIdentifier(self)) }
            }
            if now - state.logged >= interval {
                state.logged = now
                log(state, after: now)
            }
        }
    }

    private func log(_ state: State, after elapsed: Duration) {
        let fields: LogFields = [
            "progress.done": .integer(state.done), "progress.unit": .text(unit), "progress.seconds": .seconds(elapsed),
        ]
        guard let total = state.total else { return lines.info(task, fields) }
        lines.with(fields).info(task, ["progress.total": .integer(total)])
    }
}
