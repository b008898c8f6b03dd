package import ControllerAPI
package import Runs

/// What the web API asks of the agent behind it.
package protocol AgentService: Sendable {
    /// Whether a gathering is under way, in whatever process.
    func isGathering() async -> Bool
    /// Begins a gathering of all projects, without regard to the schedule.
    func begin() async -> Beginning
    func snapshot() async -> AgentSnapshot
    /// The latest runs, the newest first.
    func runs(_ count: Int) async throws -> [RunRecord]
    func run(_ id: RunID) async throws -> RunRecord?
    /// Runs that ended since the daemon started, by their outcome.
    func counts() async -> [RunResult.Outcome: Int]
    /// Why the agent cannot do its work; empty when it can.
    func hindrances() async -> [String]
}

/// What became of the wish to begin a gathering.
package enum Beginning: Sendable, Hashable {
    case begun
    case busy
    /// It ended at once with this exit status.
    case ended(status: Int32)
    /// The agent's owner does not permit it now; the reason.
    case refused(String)
    /// It cannot begin at all; the reason.
    case impossible(String)
}
