package import Configuration
package import ControllerAPI
import RegistryDefinitions

/// The sources that settings such as `SOURCE_1_URL` define.
package struct NumberedSources: Sendable {
    private let byProject: [ProjectKey: [SourceDefinition]]
    package let warnings: [String]

    package subscript(project: ProjectKey) -> [SourceDefinition] { byProject[project] ?? [] }

    /// - Parameter projects: those of the agent, where something else than `JIRA_KEY` may name them.
    /// - Throws: all faults together: a source without a URL or project, or with what does not go together.
    package init(
        _ settings: Settings, _ definitions: DefinitionFiles = DefinitionFiles(), projects known: [ProjectKey]? = nil
    ) throws(ConfigurationError) {
        let projects = known ?? settings[AgentSettings.projects] ?? []
        var byProject: [ProjectKey: [SourceDefinition]] = [:]
        var faults: [ConfigurationFault] = []
        var warnings: [String] = []
        for number in settings.numbers(of: "SOURCE") {
            let reader = Reader(settings: settings, definitions: definitions, number: number)
            guard !reader.isKeyOnly else { continue }
            faults += reader.faults
            guard let definition = reader.definition else { continue }
            let own = settings[AgentSettings.sources.project, number: number]
            guard let project = own ?? (projects.count == 1 ? projects.first : nil) else {
                faults.append(reader.fault("PROJECT", "expected a project, because JIRA_KEY does not name exactly one"))
                continue
            }
            if !projects.contains(project) {
                warnings.append("SOURCE_\(number) is of project \(project), which JIRA_KEY does not name")
            }
            byProject[project, default: []].append(definition)
        }
        guard faults.isEmpty else { throw ConfigurationError(faults) }
        self.byProject = byProject
        self.warnings = warnings
    }
}

/// Reads the settings of one number.
private struct Reader {
    let settings: Settings
    let definitions: DefinitionFiles
    let number: Int

    private func value<Value>(_ setting: KeyPath<SourceSettingsFamily, Setting<Value>>) -> Value {
        settings[AgentSettings.sources[keyPath: setting], number: number]
    }

    /// Only the key of the credentials file's `env` option has this number.
    var isKeyOnly: Bool {
        !AgentSettings.sources.all.contains { declaration in
            let name = declaration.name.replacing("<n>", with: String(number))
            return settings.variable(name).map { !FalsyWord.matches($0) } ?? false
        }
    }

    func fault(_ setting: String, _ problem: String) -> ConfigurationFault {
        let name = "SOURCE_\(number)_\(setting)"
        return ConfigurationFault(.conflict, "\(name) (\(settings.origin(of: name)))", problem)
    }

    var faults: [ConfigurationFault] {
        if type == .rest, registry == nil {
            return [fault("DEFINITION", "expected the path of a file that describes the registry, found none")]
        }
        guard let url else {
            return [fault("URL", "expected a URL, because other settings of the source are set")]
        }
        let parts = SourceURL(type == .subversion || type == .rest ? url : PlainURL.ofGit(url))
        var faults: [ConfigurationFault] = []
        if parts.hasPassword {
            faults.append(fault("URL", "expected no password in it, but in SOURCE_\(number)_PASSWORD or its file"))
        }
        if value(\.keyPath) != nil, !["ssh", "svn+ssh"].contains(parts.scheme) {
            faults.append(fault("SSH_KEY", "expected a URL of SSH to go with it"))
        }
        if value(\.password) != nil, value(\.token) != nil {
            faults.append(fault("TOKEN", "set together with a password, expected one of them"))
        }
        if value(\.password) != nil, value(\.userName) == nil, parts.user == nil {
            faults.append(fault("PASSWORD", "expected SOURCE_\(number)_USERNAME to go with it"))
        }
        if type != .rest, value(\.definition) != nil {
            faults.append(fault("DEFINITION", "expected SOURCE_\(number)_TYPE=rest to go with it"))
        }
        if let login = registry?.login {
            if login.needsPassword, user == nil {
                faults.append(fault("USERNAME", missing("a user", registry?.userVariable)))
            }
            if login.needsPassword, password == nil {
                faults.append(fault("PASSWORD", missing("a password", registry?.passwordVariable)))
            }
            if login.needsToken, token == nil {
                faults.append(fault("TOKEN", missing("a token", registry?.tokenVariable)))
            }
        }
        if type == .sonar, parts.queryValue("id") == nil {
            faults.append(
                fault("URL", "expected ?id=KEY in it for one project of the server, or ?id=* for all that it has"))
        }
        return faults
    }

    private func missing(_ what: String, _ variable: String?) -> String {
        "expected \(what), because the login of the definition needs one; set it"
            + (variable.map { ", or \($0)" } ?? "")
    }

    private var registry: RegistryDefinition? {
        type == .rest ? value(\.definition).flatMap { definitions[$0] } : nil
    }

    private var url: String? { value(\.url) ?? registry?.base }

    private var user: String? { value(\.userName) ?? registry?.userVariable.flatMap { settings.variable($0) } }

    private var password: Secret? { value(\.password) ?? secret(registry?.passwordVariable) }

    private var token: Secret? { value(\.token) ?? secret(registry?.tokenVariable) }

    private func secret(_ variable: String?) -> Secret? {
        variable.flatMap { settings.variable($0) }.map { Secret($0) }
    }

    private var type: SourceType { value(\.type) ?? .git }

    var definition: SourceDefinition? {
        guard let url else { return nil }
        var options = SourceOptions()
        options.user = user
        options.password = password
        options.token = token
        options.keyPath = value(\.keyPath)
        options.fromDate = value(\.fromDate)
        options.tag = value(\.tag)
        options.skipsStatistics = value(\.skipsStatistics)
        options.isUnsafe = value(\.isUnsafe)
        options.authorityFile = value(\.authorityFile)
        options.registry = registry
        let plain = type == .subversion || type == .rest ? url : PlainURL.ofGit(url)
        return SourceDefinition(
            type: type.rawValue, name: value(\.name) ?? PlainURL.lastPart(plain) ?? "source \(number)", url: url,
            origin: "SOURCE_\(number)", options: options)
    }
}

extension String {
    fileprivate func replacing(_ part: String, with text: String) -> String {
        split(separator: "_").map { $0 == part ? text : String($0) }.joined(separator: "_")
    }
}
