package import ControllerAPI
import Synchronization
package import Timestamps

/// Where and when an agent was heard of.
package struct Sighting: Sendable {
    package let address: String
    /// What it says that it is; `nil` for nothing.
    package let version: String?
    package let at: Timestamp

    package init(address: String, version: String?, at: Timestamp) {
        self.address = address
        self.version = version
        self.at = at
    }
}

/// Brings what agents are heard of into the store without anybody waiting for it: those that come while the store is busy
/// are written together. What a crash loses is noted again with the next request.
package final class Sightings: Sendable {
    private struct State {
        var waiting: [AgentKey: Sighting] = [:]
        var isWriting = false
    }

    private let state = Mutex(State())
    private let fleet: Fleet
    /// Is told why something could not be written.
    private let failed: @Sendable (any Error) -> Void

    package init(_ fleet: Fleet, failed: @escaping @Sendable (any Error) -> Void) {
        self.fleet = fleet
        self.failed = failed
    }

    package func note(_ agent: AgentKey, _ sighting: Sighting) {
        let isFirst = state.withLock { state in
            state.waiting[agent] = sighting
            defer { state.isWriting = true }
            return !state.isWriting
        }
        // Nobody waits for the end of this task: it is a moment's work, and may be lost.
        if isFirst { Task { await write() } }
    }

    private func write() async {
        while let sightings = take() {
            do { try await fleet.saw(sightings) } catch { failed(error) }
        }
    }

    private func take() -> [AgentKey: Sighting]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return nil
            }
            defer { state.waiting = [:] }
            return state.waiting
        }
    }
}
