import AzureDevOps
import Commands
import Configuration
import ControllerAPI
import Files
import Forges
import GitHub
import GitLab
import HTTP
import Lifecycle
import Logging
import Policy
import REST
import SourceSettings
import Tables

/// `agent scrape --only environment`: finds further repositories of the same owners, groups and projects, and says which
/// environments there are. They are gathered from then on.
enum Discovering {
    static func run(_ project: ProjectKey, _ agent: Composition) async throws -> ExitCode {
        let directory = agent.exportDirectory(of: project)
        try Files.makeDirectory(directory)
        let path = SourceListFile(in: agent.directories(of: project)).path
        let list = try agent.sourceList(of: project)
        var known = Set(list.definitions.map { address($0.url, $0.type) })
        var found: [SourceDefinition] = []
        var refused: [Refusal] = []
        var lines: [String] = []
        var seen: Set<ForgeEnvironment> = []
        var code = ExitCode.success
        for definition in list.gatherable where agent.refusal(of: definition, project) == nil {
            guard let discovery = try agent.platforms.discovery(of: definition, agent.setup.resolver, agent.path),
                seen.insert(discovery.environment).inserted
            else { continue }
            let environment = discovery.environment
            do {
                for sibling in try await discovery.siblings()
                where known.insert(address(sibling.url, environment.type)).inserted {
                    let definition = SourceDefinition(
                        type: environment.type, name: sibling.name, url: sibling.url,
                        gitHubTeam: environment.type == "github" ? definition.gitHubTeam : nil, origin: path)
                    if let refusal = agent.refusal(of: definition, project) {
                        refused.append(refusal)
                    } else {
                        found.append(definition)
                    }
                }
                lines.append(EnvironmentList.line(environment, version: try await discovery.version() ?? ""))
            } catch let error as RESTError {
                // The others can still be looked at, and what is known stays.
                agent.logger.error(
                    "an environment could not be searched for repositories", ["error": .text("\(error)")])
                try agent.console.print("\(project) \(environment.url): \(error)")
                lines.append(EnvironmentList.line(environment, version: ""))
                code = .failure
            }
        }
        if !found.isEmpty {
            try Files.write(SourceList(file: list.definitions + found, numbered: []).exported(), to: path)
        }
        lines += try await EnvironmentList.servers(agent.permittedList(of: project), agent)
        try EnvironmentList.write(lines, in: directory)
        await agent.note(refused, of: project)
        for definition in found {
            try agent.console.print("\(project) found \(definition.name): \(definition.exportedURL)")
        }
        return code
    }

    /// What is the same for two spellings of one repository; Azure DevOps does not tell capitals from others.
    private static func address(_ url: String, _ type: String) -> String {
        let address = PlainURL.normalised(url)
        return type == "tfs" ? address.lowercased() : address
    }

}

extension Platforms {
    /// Who can find further repositories beside a source; `nil` where nobody can, or may.
    /// - Parameter retries: others than the usual ones.
    func discovery(
        of definition: SourceDefinition, _ resolver: SourceResolver, _ path: (String) -> String,
        retries: RESTRetries? = nil
    ) throws -> (any Discovery)? {
        let source: ResolvedSource
        do {
            source = try resolver.resolve(definition)
        } catch {
            // It fails when it is gathered.
            return nil
        }
        guard let platform = source.platform, !source.hostSection.isEmpty else { return nil }
        var environment = environment
        if let retries { environment.retries = retries }
        let client = environment.client(
            try WebAddress(platform.api), trust: trust(source, path), pool: try pool(for: source, platform))
        switch source.kind {
        case .github:
            guard let owner = platform.namespace.first else { return nil }
            let environment = ForgeEnvironment(
                type: "github", url: "\(platform.web)/\(owner)",
                parts: [source.hostSection, owner, definition.gitHubTeam])
            return GitHubDiscovery(environment, owner: owner, team: definition.gitHubTeam, client: client)
        case .gitlab:
            guard let namespace = platform.namespace.first, platform.group == nil || platform.group == namespace else {
                return nil
            }
            let environment = ForgeEnvironment(
                type: "gitlab", url: "\(platform.web)/\(platform.group ?? namespace)",
                parts: [platform.web, platform.group, namespace])
            return GitLabDiscovery(environment, group: platform.group ?? namespace, client: client)
        case .tfs:
            let collections = platform.namespace.map { $0.lowercased() }
            let joined = collections.joined(separator: "/")
            // A word for yes means all of them, anything else how the collections in question begin.
            if let scope = platform.scope?.lowercased(), !["true", "yes", "on", "1"].contains(scope),
                !joined.hasPrefix(scope)
            {
                return nil
            }
            // Older agents show the capitals of the URL, and compare without them.
            let url = "\(platform.web)/\(platform.namespace.joined(separator: "/"))"
            return AzureDiscovery(
                ForgeEnvironment(type: "tfs", url: url, parts: [platform.web] + collections),
                collection: platform.namespace.first ?? "", project: platform.namespace.dropFirst().first,
                origin: platform.web, client: client)
        default: return nil
        }
    }
}
