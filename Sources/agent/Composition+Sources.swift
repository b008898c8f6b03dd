import Commands
import Configuration
import ControllerAPI
import Files
import Forges
import Gathering
import Git
import Jira
import Lifecycle
import Logging
import Policy
import QualityMetrics
import SourceSettings
import Subversion

/// The sources of a project, each with its connector and its settings.
extension Composition {
    /// The sources of a project that have a connector, and those of them that are wanted.
    ///
    /// - Parameters:
    ///   - steps: what to ask of them, see `SourceKind.steps`; none for everything.
    ///   - until: up to when to look at metrics.
    ///   - found: takes the servers that quality servers name.
    func sources(
        of project: ProjectKey, only names: [String] = [], steps: [String] = [], until: String? = nil,
        found: FoundSources = FoundSources()
    ) throws -> SourceSelection {
        let list = try sourceList(of: project)
        for warning in list.warnings {
            logger.warning("a source is worth a second look", ["source.warning": .text(warning)])
        }
        let definitions = definitions(of: project, list)
        let lists = try lists(of: project)
        for name in names where !definitions.contains(where: { $0.name == name }) && lists[name] == nil {
            throw UnknownSource(name: name, known: definitions.map(\.name) + lists.keys.sorted())
        }
        let wanted = definitions.filter { definition in
            (names.isEmpty || names.contains(definition.name))
                && (steps.isEmpty || definition.kind.map { !$0.steps.isDisjoint(with: steps) } ?? false)
        }
        let fields = wanted.contains { $0.kind == .jira } ? try jiraFields() : JiraFields()
        var selection = SourceSelection()
        let dropins = try DropinTables(of: project, below: home)
        func add(_ source: any Source) {
            if dropins.replace(source) {
                logger.info("dropins take the place of the source", ["source.name": .text(source.name)])
            } else {
                selection.sources.append(source)
            }
        }
        for (name, list) in lists.sorted(by: { $0.key < $1.key })
        where (names.isEmpty || names.contains(name)) && (steps.isEmpty || steps.contains(name)) {
            if name != "project", let refusal = policy.refusal(of: list.wanted) {
                selection.refused.append(refusal)
            } else {
                add(list.source)
            }
        }
        for definition in wanted {
            if let refusal = refusal(of: definition, project) {
                // What a server named is not what somebody set: it is no fault of the configuration.
                if definition.origin == FoundSources.origin {
                    selection.passedOver.append(refusal)
                } else {
                    selection.refused.append(refusal)
                }
                continue
            }
            let source: (any Source)? =
                switch definition.kind {
                case .jira: jira(definition, project, fields)
                case .rest: registry(definition)
                case .jenkins, .qualityTime, .sonar: server(definition, project, steps, until, found)
                default: source(definition, dropins)
                }
            if let source { add(source) }
        }
        return selection
    }

    /// What is gathered of a project: of the servers that others named, the repositories and the first Jenkins; and of
    /// several Jenkins the first.
    private func definitions(of project: ProjectKey, _ list: SourceList) -> [SourceDefinition] {
        let listed = list.gatherable.filter { definition in
            definition.kind?.hasMetrics != true
                && (definition.origin != FoundSources.origin || definition.kind?.isRepository == true
                    || definition.kind == .jenkins)
        }
        let all =
            listed + sharedServers(of: project, []).filter { $0.kind == .jenkins }
            + (sharedJira(of: project, list).map { [$0] } ?? []) + metricServers(of: project)
        // The project's own settings, then those for all projects, then what is listed.
        let servers = all.filter { $0.kind == .jenkins }
        let own = setup.numberedSources(of: project)
        let jenkins = servers.first { own.contains($0) } ?? servers.last { !listed.contains($0) } ?? servers.first
        return all.filter { $0.kind != .jenkins || $0 == jenkins }
    }

    private func server(
        _ definition: SourceDefinition, _ project: ProjectKey, _ steps: [String], _ until: String?,
        _ found: FoundSources
    ) -> any Source {
        func adjust(_ settings: inout MetricSettings) {
            if !steps.isEmpty { settings.steps = settings.steps.filter { steps.contains($0.option) } }
            settings.until = until
            settings.found = { found.add($0, by: definition.name) }
        }
        do {
            let resolved = try setup.resolver.resolve(definition)
            switch resolved.kind {
            case .qualityTime: return try platforms.qualityTime(resolved, path: path, adjust: adjust)
            case .sonar:
                return try platforms.sonar(resolved, longName: longName(of: project), path: path, adjust: adjust)
            default: return try platforms.jenkins(resolved, path: path)
            }
        } catch {
            return UnreachableSource(name: definition.name, reason: error)
        }
    }

    /// All that is defined as a source of a project.
    func sourceList(of project: ProjectKey) throws -> SourceList {
        let file = SourceListFile(in: directories(of: project))
        let servers = metricServers(of: project)
        let shared = servers.filter { !setup.numberedSources(of: project).contains($0) }
        let found = try FoundSources.definitions(in: directories(of: project), of: Set(servers.map(\.name)))
        let content = try file.read()
        let listed = try setup.sources(of: project, file: content, path: file.path)
        let jira = sharedJira(of: project, listed).map { [$0] } ?? []
        return try setup.sources(of: project, file: content, path: file.path, found: jira + shared + found)
    }

    struct UnknownSource: Failure {
        let name: String
        let known: [String]
        var exitCode: ExitCode { .usage }
        var description: String { "there is no source named '\(name)'" }
        var advice: String? { "The project's sources are: \(known.joined(separator: ", "))." }
    }

    private func jira(_ definition: SourceDefinition, _ project: ProjectKey, _ fields: JiraFields) -> any Source {
        do {
            return try platforms.jira(setup.resolver.resolve(definition), project, fields: fields, path: path)
        } catch {
            return UnreachableSource(name: definition.name, reason: error)
        }
    }

    private func source(_ definition: SourceDefinition, _ dropins: DropinTables) -> (any Source)? {
        guard definition.kind?.isRepository == true else { return nil }
        do {
            let resolved = try setup.resolver.resolve(definition)
            switch resolved.kind {
            case .git: return GitSource(gitSettings(resolved))
            case .github, .gitlab, .tfs:
                return try platform(resolved, dropins)
            case .tfvc:
                // Its changesets are not gathered.
                return try platforms.source(
                    resolved, git: GitSource(gitSettings(resolved)), dropins: dropins, path: path)
            case .subversion: return SubversionSource(subversionSettings(resolved))
            default:
                logger.warning(
                    "there is no connector for the source yet",
                    ["source.name": .text(resolved.name), "source.type": .text(definition.type)])
                return nil
            }
        } catch {
            return UnreachableSource(name: definition.name, reason: error)
        }
    }

    /// The commits of a hosted repository, and what its platform knows about it.
    private func platform(_ resolved: ResolvedSource, _ dropins: DropinTables) throws -> any Source {
        let git = GitSource(gitSettings(resolved))
        guard let platform = try platforms.source(resolved, git: git, dropins: dropins, path: path) else {
            logger.warning(
                "only the commits of the source are gathered, not its reviews and issues",
                ["source.name": .text(resolved.name)])
            return git
        }
        // An archive holds no commits.
        return platforms.environment.replay == nil ? CombinedSource(commits: git, platform: platform) : platform
    }

    private func gitSettings(_ source: ResolvedSource) -> GitSettings {
        var settings = GitSettings(name: source.name, url: source.connectionURL)
        settings.access.user = source.user
        settings.access.password = source.password?.revealed
        settings.access.keyPath = source.keyPath.map(path)
        settings.access.authorityFile = source.authorityFile.map(path)
        settings.access.isUnsafe = source.isUnsafe
        settings.access.followsRedirects = policy.hasAllHosts
        settings.access.knownHostsPath = "\(home)/.ssh/known_hosts"
        settings.access.proxy = setup.agent.settings[AgentSettings.secureProxy]?.revealed
        settings.access.proxyBypass = setup.agent.settings[AgentSettings.proxyBypass]
        settings.fromDate = source.fromDate
        settings.tag = source.tag
        settings.skipsStatistics = source.skipsStatistics
        settings.sizeLimit = setup.agent.repositoryLimit.bytes
        return settings
    }

    private func subversionSettings(_ source: ResolvedSource) -> SubversionSettings {
        var settings = SubversionSettings(name: source.name, url: source.connectionURL)
        settings.userName = source.user
        settings.password = source.password
        settings.keyPath = source.keyPath.map(path)
        settings.knownHostsPath = "\(home)/.ssh/known_hosts"
        settings.authorityFile = source.authorityFile.map(path)
        settings.isUnsafe = source.isUnsafe
        settings.skipsStatistics = source.skipsStatistics
        settings.proxy = proxy
        return settings
    }
}
