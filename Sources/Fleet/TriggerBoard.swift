package import ControllerAPI
package import Logging
import Synchronization

/// Where the requests of agents that wait for triggers sleep: a waiting agent costs a continuation, no thread and no
/// question to the database of its own.
package final class TriggerBoard: Sendable {
    private struct Waiter {
        let agent: AgentKey
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var waiters: [Int: Waiter] = [:]
        var next = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// How often the database is asked for triggers that another process made: an agent hears of one within half a
    /// second.
    private static let interval = Duration.milliseconds(250)

    package init() {}

    /// How many requests wait.
    package var count: Int { state.withLock { $0.waiters.count } }

    /// Whether no request is to wait any more, because the controller ends.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Returns when there may be something for the agent, at the deadline, when the board is closed, and when the
    /// waiting task is cancelled.
    package func wait(for agent: AgentKey, until deadline: ContinuousClock.Instant) async {
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isClosed || Task.isCancelled { return true }
                    state.waiters[ticket] = Waiter(agent: agent, deadline: deadline, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.continuation.resume()
        }
    }

    /// Wakes what waits for these agents.
    package func wake(_ agents: Set<AgentKey>) { release { agents.contains($0.agent) } }

    /// Wakes all, and lets nobody wait from now on.
    package func close() {
        state.withLock { $0.isClosed = true }
        release { _ in true }
    }

    /// Looks for triggers as long as somebody waits, until the task is cancelled.
    package func run(_ fleet: Fleet, logger: Logger) async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            guard count > 0 else { continue }
            do {
                let agents = try await fleet.triggeredAgents()
                if !agents.isEmpty { wake(agents) }
            } catch {
                // Agents ask again after their wait, when the database may answer.
                logger.warning("cannot look for triggers", ["error": .text("\(error)")])
            }
            let now = ContinuousClock.now
            release { $0.deadline <= now }
        }
    }

    private func release(where isMeant: (Waiter) -> Bool) {
        let released = state.withLock { state in
            let released = state.waiters.filter { isMeant($0.value) }
            for ticket in released.keys { state.waiters[ticket] = nil }
            return released.values.map(\.continuation)
        }
        for continuation in released { continuation.resume() }
    }
}
