package import ControllerAPI
import Files

/// The directories through which bundles pass, from an agent's upload to the copy that is kept.
package struct Spool: Sendable {
    /// The directory that holds them all.
    package let root: String

    /// - Parameter state: the controller's state directory.
    package init(state: String) { root = "\(state)/spool" }

    /// Where an agent uploads the parts of a run; the agent can write here.
    package func incoming(_ agent: AgentKey, _ project: ProjectKey, _ run: RunID) -> String {
        "\(root)/incoming/\(agent)/export/\(project)/\(run)"
    }

    /// Where an agent of the older system uploads plain files of a project.
    package func incoming(_ agent: AgentKey, _ project: ProjectKey) -> String {
        "\(root)/incoming/\(agent)/export/\(project)"
    }

    /// Where the parts of a bundle lie from its verification until they are purged; only the controller can write here.
    package func bundle(_ agent: AgentKey, _ project: ProjectKey, _ run: RunID) -> String {
        "\(root)/bundles/\(agent)/\(project)/\(run)"
    }

    /// Where an agent finds the update trackers of a project, should it have lost its own; it can only read here.
    package func trackers(_ agent: AgentKey, _ project: ProjectKey) -> String {
        "\(root)/incoming/\(agent)/update/\(project)"
    }

    /// The opened files of a bundle until they are imported.
    package func opened(_ agent: AgentKey, _ project: ProjectKey, _ run: RunID) -> String {
        "\(root)/opened/\(agent)/\(project)/\(run)"
    }

    /// A place for the parts of a bundle that was refused.
    func quarantine(_ agent: AgentKey, _ project: ProjectKey, _ run: RunID, number: Int) -> String {
        "\(quarantine)/\(agent)/\(project)/\(run).\(number)"
    }

    /// Holds what was refused: agent, project, and a directory for each run and attempt.
    package var quarantine: String { "\(root)/quarantine" }

    /// Moves a directory to a place of its own.
    func move(_ directory: String, to target: String) throws(FileError) {
        guard let slash = target.lastIndex(of: "/") else { preconditionFailure("\(target) lies in a directory") }
        try Files.makeDirectory(String(target[..<slash]), permissions: 0o700)
        try Files.rename(directory, to: target)
    }
}
