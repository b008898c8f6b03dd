package import ControllerAPI
package import Files

/// The controller's registration answers, one file per project, readable by the agent alone.
package struct SecretsFiles: Sendable {
    private let home: String
    private let state: String

    /// - Parameters:
    ///   - home: the agent's directory, where older agents have one file for all projects.
    ///   - state: the directory for what the agent keeps for itself; the home directory where nothing else is said.
    package init(home: String, state: String? = nil) {
        self.home = home
        self.state = state ?? home
    }

    /// Where a project's answer is kept.
    package func path(of project: ProjectKey) -> String { "\(state)/secrets/\(project).json" }

    /// The file that counts for a project: its own one, or the one that older agents keep for all projects.
    package func existingPath(for project: ProjectKey) throws(FileError) -> String? {
        for path in [path(of: project), "\(home)/secrets.json"] where try Files.status(path) != nil { return path }
        return nil
    }

    package func store(_ answer: RegistrationAnswer, for project: ProjectKey) throws {
        try Files.makeDirectory("\(state)/secrets", permissions: 0o700)
        try Files.write(answer.json(), to: path(of: project), permissions: 0o600)
    }

    /// What the controller said at the registration of a project; `nil` before it.
    package func answer(for project: ProjectKey) throws -> RegistrationAnswer? {
        guard try Files.status(path(of: project)) != nil else { return nil }
        return try RegistrationAnswer(json: Files.read(path(of: project)))
    }
}
