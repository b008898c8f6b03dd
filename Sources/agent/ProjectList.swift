import ControllerAPI
import Gathering
import Projects
import QualityTime
import SonarQube
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
        metadata.servers = metricServers(of: project).compactMap { qualityServer($0, project) }
        return metadata
    }

    /// Who is asked what the project is called; a server that cannot be asked says so where its metrics are gathered.
    private func qualityServer(_ definition: SourceDefinition, _ project: ProjectKey) -> QualityServer? {
        guard refusal(of: definition, project) == nil else { return nil }
        do {
            let resolved = try setup.resolver.resolve(definition)
            switch resolved.kind {
            case .qualityTime:
                let source = try platforms.qualityTime(resolved, path: path)
                return QualityServer(name: resolved.name) { try await source.displayName() }
            case .sonar:
                let source = try platforms.sonar(resolved, longName: longName(of: project), path: path)
                return QualityServer(name: resolved.name) { try await source.displayName() }
            default: return nil
            }
        } catch {
            return nil
        }
    }
}
