import Synchronization

/// Handlers wait here until it is opened or their task is cancelled; tests see how many have come and been cancelled.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrived = 0
        var cancelled = 0
        var next = 0
        var inside: [Int: CheckedContinuation<Void, Never>] = [:]
        var watchers: [(condition: @Sendable (Int, Int) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Returns `false` when the task was cancelled.
    func pass() async -> Bool {
        let ticket = change { state in
            state.arrived += 1
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if state.isOpen || Task.isCancelled { return true }
                    state.inside[ticket] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.inside.removeValue(forKey: ticket) }?.resume()
        }
        guard Task.isCancelled else { return true }
        change { $0.cancelled += 1 }
        return false
    }

    func open() {
        let inside = state.withLock { state in
            defer { state.inside = [:] }
            state.isOpen = true
            return state.inside.values.map { $0 }
        }
        for continuation in inside { continuation.resume() }
    }

    func arrived(_ count: Int) async { await wait { arrived, _ in arrived >= count } }
    func cancelled(_ count: Int) async { await wait { _, cancelled in cancelled >= count } }

    private func wait(for condition: @escaping @Sendable (Int, Int) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isTrue = state.withLock { state in
                if condition(state.arrived, state.cancelled) { return true }
                state.watchers.append((condition, continuation))
                return false
            }
            if isTrue { continuation.resume() }
        }
    }

    @discardableResult
    private func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, satisfied) = state.withLock { state in
            let value = body(&state)
            let (arrived, cancelled) = (state.arrived, state.cancelled)
            let satisfied = state.watchers.filter { $0.condition(arrived, cancelled) }.map(\.continuation)
            state.watchers.removeAll { $0.condition(arrived, cancelled) }
            return (value, satisfied)
        }
        for continuation in satisfied { continuation.resume() }
        return value
    }
}
