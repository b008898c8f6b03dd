import Blocking
import ControllerAPI
import Files
import Fleet
import Reception

/// Lays out what imports have left as update trackers where agents fetch them that have lost their own: in the directory
/// `update/PROJECT` of each agent that has the project.
struct OfferedTrackers: Sendable {
    private let fleet: Fleet
    private let spool: Spool

    /// The controller's own notion of when a project was last gathered; it is no agent's.
    private static let controllersOwn = "preflight_date.txt"

    init(fleet: Fleet, spool: Spool) {
        self.fleet = fleet
        self.spool = spool
    }

    /// After an import: for all agents that have the project.
    func offer(_ project: ProjectKey) async throws {
        guard let agents = try await fleet.project(project, withAgents: true)?.agents else { return }
        for agent in agents { try await offer(project, to: agent) }
    }

    /// Makes the directory the same as what the store has; files that are as they should be are left alone.
    func offer(_ project: ProjectKey, to agent: AgentKey) async throws {
        let trackers = try await fleet.trackers(of: project).filter { $0.file != Self.controllersOwn }
        let directory = spool.trackers(agent, project)
        try await blocking { _ in
            guard try !trackers.isEmpty || Files.status(directory) != nil else { return }
            try Files.makeDirectory(directory, permissions: 0o700)
            let wanted = Set(trackers.map(\.file))
            for name in try Files.list(directory) where !wanted.contains(name) {
                try Files.removeTree("\(directory)/\(name)")
            }
            for (name, content) in trackers where !name.contains("/") && !name.hasPrefix(".") {
                let path = "\(directory)/\(name)"
                let bytes = Array(content.utf8)
                if try Files.status(path)?.size == bytes.count, try Files.read(path) == bytes { continue }
                try Files.write(bytes, to: path, permissions: 0o600)
            }
        }
    }
}
