import Configuration
import ControllerAPI
import Files
import Forges
import Gathering
import HTTP
import Jira
import REST
import SourceSettings

extension Platforms {
    /// The issues of a project in a source that is a Jira.
    func jira(
        _ source: ResolvedSource, _ project: ProjectKey, fields: JiraFields, path: (String) -> String
    ) throws -> any Source {
        let base = try WebAddress(source.connectionURL)
        var settings = JiraSettings(name: source.name, base: base, project: project.text, http: environment.http)
        settings.fields = fields
        settings.trust = trust(source, path)
        settings.archive = environment.archive
        settings.replay = environment.replay
        settings.clock = environment.clock
        settings.retries = environment.retries
        return JiraSource(settings, pool: pool(base, logins(source)))
    }
}

extension Composition {
    /// What `jira_fields.json` says, where somebody has put one.
    func jiraFields() throws -> JiraFields { try Self.jiraFields(below: home) }

    /// The same, for an agent's directory.
    static func jiraFields(below home: String) throws -> JiraFields {
        for path in ["\(home)/config/jira_fields.json", "\(home)/jira_fields.json"]
        where try Files.status(path) != nil {
            return try JiraFields(Files.read(path), path: path)
        }
        return JiraFields()
    }

    /// The Jira that the older settings name for all projects, where none is defined for the project.
    func sharedJira(of project: ProjectKey, _ list: SourceList) -> SourceDefinition? {
        guard !list.gatherable.contains(where: { $0.kind == .jira && $0.origin != FoundSources.origin }),
            let server = setup.reference.value("jira", "server")
        else { return nil }
        var options = SourceOptions()
        options.user = setup.reference.value("jira", "username")
        options.password = setup.reference.value("jira", "password").map { Secret($0) }
        let name = setup.reference.value("projects", project.text.lowercased()) ?? project.text
        return SourceDefinition(
            type: "jira", name: name, url: server, origin: "[jira] of the settings file", options: options)
    }
}
