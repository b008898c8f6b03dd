import Synchronization

/// The wish that the program ends, seen by everything that runs: take no new work, finish the step in hand.
package final class Shutdown: Sendable {
    private struct State {
        var isRequested = false
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var next = 0
        var reloads: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    package init() {}

    package var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Asks everybody to end; asking again changes nothing.
    package func request() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            state.isRequested = true
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    /// An element for each wish that the configuration is read again, SIGHUP, from now on; several in short order are one.
    /// To be called once. Where nobody does, such a wish means the end.
    package func reloads() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.reloads = continuation }
        return stream
    }

    /// Hands the wish on; says whether somebody listens.
    package func reload() -> Bool {
        guard let continuation = state.withLock({ $0.reloads }) else { return false }
        continuation.yield()
        return true
    }

    /// Returns as soon as the end is asked for, or the waiting task is cancelled.
    package func requested() async {
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // Either the cancellation is seen here, or its handler finds the continuation.
                    if state.isRequested || Task.isCancelled { return true }
                    state.waiting[ticket] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
        }
    }
}
