import ControllerAPI
import Gathering
import Projects
import SourceSettings

extension Composition {
    /// What the settings say of a project; `nil` where they do not mention it.
    func metadata(of project: ProjectKey, _ list: SourceList) -> ProjectMetadata? {
        let key = project.text
        let reference = setup.reference
        let sections = ["projects", "subprojects", "teams", "support"]
        guard sections.contains(where: { reference.value($0, key) != nil }) else { return nil }
        let longName = reference.value("projects", key)
        let sources = list.gatherable.map {
            definition -> (kind: SourceKind?, definition: SourceDefinition, resolved: ResolvedSource?) in
            do {
                let resolved = try setup.resolver.resolve(definition)
                return (resolved.kind, definition, resolved)
            } catch {
                // Its own gathering tells why.
                return (definition.kind, definition, nil)
            }
        }
        var metadata = ProjectMetadata(
            key: key, jiraName: sources.first { $0.kind == .jira }?.definition.name ?? key)
        if sources.contains(where: { $0.kind == .github }) { metadata.gitHubTeam = reference.value("teams", key) }
        if let gitLab = sources.first(where: { $0.kind == .gitlab }) {
            metadata.gitLabGroup = gitLab.resolved?.platform?.group ?? longName
        }
        if let server = sources.first(where: { $0.kind == .tfs || $0.kind == .tfvc }) {
            metadata.tfsCollection = server.resolved?.platform?.namespace.first ?? key
        }
        metadata.mainProject = reference.value("subprojects", key)
        metadata.qualityName = metadata.mainProject == nil ? longName : nil
        metadata.isSupportTeam = reference.value("support", key) != nil
        return metadata
    }
}
