import Dispatch
import Synchronization

/// Runs blocking work on a thread that may block, so that the shared pool of the concurrency runtime never does.
///
/// - Parameter body: is told through `Cancellation` when the calling task is cancelled.
package func blocking<Value: Sendable>(
    _ body: @escaping @Sendable (Cancellation) throws -> Value
) async throws -> Value {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { @Sendable in
                continuation.resume(with: Result { try body(cancellation) })
            }
        }
    } onCancel: {
        cancellation.cancel()
    }
}

/// Tells blocking work that nobody waits for it any more.
package final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var actions: [Int: @Sendable () -> Void] = [:]
        var nextAction = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func cancel() {
        let actions = state.withLock { state in
            state.isCancelled = true
            defer { state.actions = [:] }
            return Array(state.actions.values)
        }
        for action in actions { action() }
    }

    /// - Throws: `CancellationError` when the work was cancelled.
    package func check() throws(CancellationError) {
        if state.withLock({ $0.isCancelled }) { throw CancellationError() }
    }

    /// Runs `body`, and `action` should the work be cancelled meanwhile (or have been before).
    ///
    /// - Throws: `CancellationError` in place of whatever `body` threw once the work is cancelled.
    package func onCancel<Value>(
        _ action: @escaping @Sendable () -> Void, during body: () throws -> Value
    ) throws -> Value {
        let id: Int? = state.withLock { state in
            guard !state.isCancelled else { return nil }
            state.nextAction += 1
            state.actions[state.nextAction] = action
            return state.nextAction
        }
        guard let id else {
            action()
            throw CancellationError()
        }
        defer { state.withLock { state in state.actions[id] = nil } }
        do {
            return try body()
        } catch {
            try check()
            throw error
        }
    }
}
