import AgentAPI
import Commands
import Configuration
import ControllerAPI
import Delivery
import Enrolment
import Files
import FoundationEssentials
import Gathering
import Lifecycle
import Policy
import Runs
import SourceSettings
import Timestamps

/// Puts together what the agent has done and will do, for `agent status` and for the web API.
enum Reporting {
    static func snapshot(_ agent: Composition, _ daemon: DaemonFacts?) async -> AgentSnapshot {
        var snapshot = AgentSnapshot(version: Version.current)
        snapshot.agent = agent.setup.agent.key?.text
        snapshot.controller = agent.setup.agent.controller?.description
        snapshot.daemon = daemon
        snapshot.policy = agent.policy.path
        do {
            snapshot.refusals = try await agent.journal.refusals(after: .now + (.zero - refusalAge)).map {
                AgentSnapshot.Refusal($0)
            }
            snapshot.isGathering = try RunLock.isHeld(state: agent.state)
            snapshot.projects = try await projects(agent)
            snapshot.outbox = try await outbox(agent)
        } catch {
            let fault = Fault(error)
            snapshot.problem = Problem(fault.text, advice: fault.advice)
        }
        return snapshot
    }

    /// How long what was refused is shown.
    private static let refusalAge = Duration.seconds(7 * 86400)

    /// Those that are configured, and those that were gathered before.
    private static func projects(_ agent: Composition) async throws -> [AgentSnapshot.Project] {
        let last = try await agent.journal.latestOfEach()
        let complete = try await agent.journal.latestOfEach(.complete)
        let wishes = try await agent.journal.wishes()
        let configured = agent.setup.agent.projects
        let all = configured + last.map(\.project).filter { !configured.contains($0) }.sorted()
        return try all.map { project in
            AgentSnapshot.Project(
                project: project.text, last: last.first { $0.project == project }.map(Run.init),
                lastComplete: complete.first { $0.project == project }?.start.rfc3339,
                wanted: wishes.first { $0.projects.contains(project) }?.taken.rfc3339,
                waits: try WaitFile(in: agent.directories(of: project).workspace).read())
        }
    }

    private static func outbox(_ agent: Composition) async throws -> AgentSnapshot.Outbox {
        let entries = try await Outbox.entries(of: agent.outboxConfiguration)
        let waiting = entries.filter { $0.state == .waiting }
        return AgentSnapshot.Outbox(
            bundles: waiting.count, bytes: waiting.reduce(0) { $0 + $1.size },
            limit: agent.setup.agent.outboxLimit.bytes, damaged: entries.count { $0.state == .damaged },
            oldest: waiting.first?.enqueued.rfc3339, problem: waiting.first?.lastFailure?.reason)
    }
}

/// The file in which the daemon tells others what only it knows, and the lock that says whether it is there at all.
struct DaemonFile: Sendable {
    private let state: String

    init(state: String) { self.state = state }

    private var path: String { "\(state)/daemon.json" }
    private var lockPath: String { "\(state)/daemon.lock" }

    /// Held by the daemon as long as it lives.
    func lock() throws -> FileLock {
        do throws(FileError) {
            try Files.makeDirectory(state, permissions: 0o700)
            return try FileLock(lockPath)
        } catch {
            throw error.isHeldElsewhere
                ? AnotherDaemon(state: state) : Daemon.Unusable(fault: Fault(error)) as any Failure
        }
    }

    func write(_ facts: DaemonFacts) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try Files.write(encoder.encode(facts), to: path, permissions: 0o600)
    }

    /// What the running daemon last told; `nil` where none runs.
    func read() throws -> DaemonFacts? {
        guard try Files.status(lockPath) != nil, try Files.status(path) != nil else { return nil }
        do throws(FileError) {
            _ = try FileLock(lockPath)
            return nil
        } catch {
            guard error.isHeldElsewhere else { throw error }
        }
        return try JSONDecoder().decode(DaemonFacts.self, from: Data(Files.read(path)))
    }
}
