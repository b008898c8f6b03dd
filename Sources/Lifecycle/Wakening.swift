import Synchronization

/// Lets one task sleep until others have something for it. A call that comes while it works is not lost.
package final class Wakening: Sendable {
    private enum State {
        case idle
        case called
        case sleeping(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.idle)

    package init() {}

    /// Wakes the task, now or when it next wants to sleep.
    package func wake() {
        let sleeper: CheckedContinuation<Void, Never>? = state.withLock { state in
            if case .sleeping(let continuation) = state {
                state = .idle
                return continuation
            }
            state = .called
            return nil
        }
        sleeper?.resume()
    }

    /// Returns after a call, or when the task is cancelled.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCalled = state.withLock { state in
                    if case .called = state {
                        state = .idle
                        return true
                    }
                    state = .sleeping(continuation)
                    return false
                }
                if isCalled { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
    }
}
