import AgentAPI
import Commands
import Configuration
import ControllerAPI
import Lifecycle
import Policy
import Runs
import SourceSettings

/// What the web API asks.
extension DaemonProcess: AgentService {
    /// How long a request waits for a gathering that ends at once, as the older agents do.
    private static let patience = 5
    private static let pause = Duration.milliseconds(20)

    func isGathering() async -> Bool {
        if await !queue.isIdle { return true }
        // A lock that cannot be looked at is nobody's.
        do { return try RunLock.isHeld(state: agent.state) } catch { return false }
    }

    func begin() async -> Beginning {
        guard !shutdown.isRequested else { return .impossible("The agent is about to end") }
        if let refusal = await refusalOfAll() { return .refused(refusal.description) }
        let before = requests.ended
        guard await queue.offer(.init(.request)) != .leftOut else { return .busy }
        for _ in 0..<Self.patience {
            let (ended, status) = requests
            if ended > before { return status == .success ? .begun : .ended(status: status.rawValue) }
            do { try await Task.sleep(for: Self.pause) } catch { break }
        }
        return .begun
    }

    /// Why none of the projects may be gathered now; `nil` where one may, or where the gathering itself tells.
    private func refusalOfAll() async -> Refusal? {
        let agent = agent
        var refusals: [(project: ProjectKey, refusal: Refusal)] = []
        do {
            for project in agent.setup.agent.projects {
                guard let refusal = try await agent.admission(of: project) else { return nil }
                refusals.append((project, refusal))
            }
            for (project, refusal) in refusals { try await agent.refuse(project, refusal, .request) }
        } catch {
            return refusals.first?.refusal
        }
        return refusals.first?.refusal
    }

    func snapshot() async -> AgentSnapshot {
        var snapshot = await Reporting.snapshot(agent, facts)
        snapshot.isGathering = await isGathering()
        return snapshot
    }

    func runs(_ count: Int) async throws -> [RunRecord] { try await agent.journal.latest(count) }

    func run(_ id: RunID) async throws -> RunRecord? { try await agent.journal.run(id) }

    func counts() async -> [RunResult.Outcome: Int] { counts }

    func hindrances() async -> [String] {
        var hindrances: [String] = []
        if let problem = facts.problem { hindrances.append(problem.text) }
        if agent.setup.agent.projects.isEmpty { hindrances.append("JIRA_KEY names no project") }
        return hindrances
    }
}
