package import Commands
package import Configuration
package import ControllerAPI

/// All that an agent is told, from every place: environment, files, options, and the reference's two INI files.
package struct AgentSetup: Sendable {
    package let agent: AgentConfiguration
    package let reference: ReferenceSettings
    package let resolver: SourceResolver
    /// What is worth a second look but stops nothing, one sentence each.
    package let warnings: [String]
    private let numbered: NumberedSources

    /// Reads everything.
    /// - Parameters:
    ///   - overrides: what options of the command line say.
    ///   - variables: what the controller wants for one run, as far as it may.
    /// - Throws: all faults together.
    package init(
        environment: [String: String], overrides: [SettingOverride] = [],
        controller variables: ControllerVariables? = nil
    ) throws(ConfigurationError) {
        var sources = AgentConfiguration.sources(environment: environment, overrides: overrides)
        let reference = ReferenceSettings(Self.file(AgentSettings.settingsFile, &sources))
        let credentials = CredentialsFile(Self.file(AgentSettings.credentialsFile, &sources))
        sources.addBelow(reference.assignments)
        sources.allow(credentials.variables)
        let definitions = DefinitionFiles(
            sources.peek(from: "SOURCE_", to: "_DEFINITION"), below: sources.home)
        sources.allow(definitions.variables)
        sources.add(definitions.faults)
        if let variables { sources.add(variables) }
        let agent = try AgentConfiguration(sources)
        let numbered = try NumberedSources(agent.settings, definitions, projects: agent.projects)
        let denyList = DenyList(agent.denyList ?? "")
        self.agent = agent
        self.reference = reference
        self.numbered = numbered
        resolver = SourceResolver(
            credentials: credentials, denyList: denyList, variable: { agent.settings.variable($0) })
        warnings = agent.settings.warnings + credentials.warnings + numbered.warnings + denyList.warnings
    }

    /// The sources of a project: those of its `data_sources.json` and the numbered ones.
    /// - Parameter file: what the project's file holds; `nil` where there is none.
    /// - Parameter path: the file's path, for messages.
    /// - Parameter found: what other servers named.
    package func sources(
        of project: ProjectKey, file: [UInt8]?, path: String, found: [SourceDefinition] = []
    ) throws(ConfigurationError) -> SourceList {
        SourceList(
            file: try file.map { content throws(ConfigurationError) in
                try SourceList.read(content, path: path)
            } ?? [], numbered: numbered[project], found: found)
    }

    /// The sources of a project that numbered settings define.
    package func numberedSources(of project: ProjectKey) -> [SourceDefinition] { numbered[project] }

    /// Reads an INI file; what is wrong in it is told together with all else.
    private static func file(_ setting: Setting<String>, _ sources: inout SettingsSources) -> INIFile {
        let given = sources.peek(setting.name).flatMap { $0.isEmpty || $0 == "-" ? nil : $0 }
        let name = given ?? (setting.fallback ?? "")
        let path = name.hasPrefix("/") ? name : "\(sources.home)/\(name)"
        do throws(ConfigurationError) {
            return try INIFile(path: path)
        } catch {
            sources.add(error.faults)
            return INIFile(missing: path)
        }
    }
}

extension Setting {
    /// The text of the default, where it is a text.
    fileprivate var fallback: String? {
        if case .value(let text) = declaration.fallback { text } else { nil }
    }
}
