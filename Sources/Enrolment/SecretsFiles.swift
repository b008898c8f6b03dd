package import ControllerAPI
package import Files

/// The controller's registration answers, one file per project, readable by the agent alone.
package struct SecretsFiles: Sendable {
    private let home: String

    /// - Parameter home: the agent's directory.
    package init(home: String) { self.home = home }

    /// Where a project's answer is kept.
    package func path(of project: ProjectKey) -> String { "\(home)/secrets/\(project).json" }

    /// The file that counts for a project: its own one, or the one that older agents keep for all projects.
    package func existingPath(for project: ProjectKey) throws(FileError) -> String? {
        for path in [path(of: project), "\(home)/secrets.json"] where try Files.status(path) != nil { return path }
        return nil
    }

    package func store(_ answer: RegistrationAnswer, for project: ProjectKey) throws {
        try Files.makeDirectory("\(home)/secrets", permissions: 0o700)
        try Files.write(answer.json(), to: path(of: project), permissions: 0o600)
    }

    /// What the controller said at the registration of a project; `nil` before it.
    package func answer(for project: ProjectKey) throws -> RegistrationAnswer? {
        guard try Files.status(path(of: project)) != nil else { return nil }
        return try RegistrationAnswer(json: Files.read(path(of: project)))
    }
}
