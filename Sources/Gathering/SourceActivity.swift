import Synchronization

/// What a source is doing, for those who wait: phase and how much of it is done. Safe to tell from any thread.
package final class SourceActivity: Sendable {
    package struct State: Sendable {
        /// What is being done, e.g. "fetching" or "commits".
        package var phase: String { pause ?? work }
        fileprivate var work: String
        /// What it waits for, where it does.
        package fileprivate(set) var pause: String?
        package var done: Int
        /// `nil` while it is not known.
        package var total: Int?
        /// Whether nothing more is to come.
        package var isOver = false
    }

    private let state = Mutex(State(work: "waiting", done: 0, total: nil))

    package init() {}

    package var current: State { state.withLock { $0 } }

    package func begin(_ phase: String, total: Int? = nil) {
        state.withLock { $0 = State(work: phase, pause: $0.pause, done: 0, total: total) }
    }

    /// Tells what the source waits for, and with `nil` that it goes on.
    package func pause(_ reason: String?) { state.withLock { $0.pause = reason } }

    func end() { state.withLock { $0.isOver = true } }

    package func advance(by count: Int) { state.withLock { $0.done += count } }
}
