package import Configuration
package import ControllerAPI

/// The sources that settings such as `SOURCE_1_URL` define.
package struct NumberedSources: Sendable {
    private let byProject: [ProjectKey: [SourceDefinition]]
    package let warnings: [String]

    package subscript(project: ProjectKey) -> [SourceDefinition] { byProject[project] ?? [] }

    /// - Throws: all faults together: a source without a URL or project, or with what does not go together.
    package init(_ settings: Settings) throws(ConfigurationError) {
        let projects = settings[AgentSettings.projects] ?? []
        var byProject: [ProjectKey: [SourceDefinition]] = [:]
        var faults: [ConfigurationFault] = []
        var warnings: [String] = []
        for number in settings.numbers(of: "SOURCE") {
            let reader = Reader(settings: settings, number: number)
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
        guard let url = value(\.url) else {
            return [fault("URL", "expected a URL, because other settings of the source are set")]
        }
        let parts = SourceURL(type == .subversion ? url : PlainURL.ofGit(url))
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
        return faults
    }

    private var type: SourceType { value(\.type) ?? .git }

    var definition: SourceDefinition? {
        guard let url = value(\.url) else { return nil }
        var options = SourceOptions()
        options.user = value(\.userName)
        options.password = value(\.password)
        options.token = value(\.token)
        options.keyPath = value(\.keyPath)
        options.fromDate = value(\.fromDate)
        options.tag = value(\.tag)
        options.skipsStatistics = value(\.skipsStatistics)
        options.isUnsafe = value(\.isUnsafe)
        options.authorityFile = value(\.authorityFile)
        let plain = type == .subversion ? url : PlainURL.ofGit(url)
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
