import Configuration
import ControllerAPI
import Forges
import Gathering
import HTTP
import Jenkins
import QualityMetrics
import QualityTime
import REST
import SonarQube
import SourceSettings

extension Platforms {
    /// How a source's settings say to log in at a server that is no platform for repositories.
    /// - Parameter token: the form for a token without a user.
    func logins(_ source: ResolvedSource, token form: Authorization.Form = .bearer) -> [Authorization] {
        let options = source.definition.options
        // The user that repositories get who have a token only is none of these servers'.
        let isTokenAlone = options.user == nil && options.password == nil && options.token != nil
        if !isTokenAlone, let user = source.user, let password = source.password ?? source.token {
            return [Authorization(.basic(user: user), password, name: "the login of \(source.hostSection)")]
        }
        return source.token.map { [Authorization(form, $0, name: "the token of \(source.hostSection)")] } ?? []
    }

    func jenkins(_ source: ResolvedSource, path: (String) -> String) throws -> JenkinsSource {
        let base = try WebAddress(source.connectionURL)
        return JenkinsSource(
            name: source.name, base: base, trust: trust(source, path), environment, pool: pool(base, logins(source)))
    }

    private func metrics(
        _ source: ResolvedSource, token: Authorization.Form, path: (String) -> String
    ) throws -> MetricSettings {
        let base = try WebAddress(source.connectionURL)
        var settings = MetricSettings(
            name: source.name, base: base, url: source.exportedURL, environment,
            pool: pool(base, logins(source, token: token)))
        settings.trust = trust(source, path)
        return settings
    }

    /// - Parameter adjust: changes what is asked of the server.
    func qualityTime(
        _ source: ResolvedSource, path: (String) -> String, adjust: (inout MetricSettings) -> Void = { _ in }
    ) throws -> QualityTimeSource {
        var settings = try metrics(source, token: .bearer, path: path)
        adjust(&settings)
        return try QualityTimeSource(settings)
    }

    /// - Parameter longName: what the settings call the project at quality servers.
    func sonar(
        _ source: ResolvedSource, longName: String?, path: (String) -> String,
        adjust: (inout MetricSettings) -> Void = { _ in }
    ) throws -> SonarSource {
        var settings = try metrics(source, token: .tokenAsUser, path: path)
        if settings.base.query == nil, !settings.url.hasSuffix("/") { settings.url += "/" }
        adjust(&settings)
        let id = source.definition.queryValue("id").flatMap { $0 == "*" ? nil : $0 }
        return try SonarSource(
            settings, scope: id.map { .component($0) } ?? .everything,
            organization: source.definition.queryValue("organization"), longName: longName)
    }
}

extension SourceKind {
    /// Whether it is asked how good a project is.
    var hasMetrics: Bool { self == .qualityTime || self == .sonar }

    /// The steps of `scrape` in which it is asked something.
    var steps: Set<String> {
        switch self {
        case .jira: ["jira"]
        case .jenkins: ["jenkins"]
        case .rest: ["rest"]
        case .qualityTime, .sonar: ["sources", "metric-options", "metric-history"]
        default: ["vcs"]
        }
    }
}

extension MetricSettings.Step {
    /// What `scrape` calls it.
    var option: String {
        switch self {
        case .sources: "sources"
        case .options: "metric-options"
        case .history: "metric-history"
        }
    }
}

extension Composition {
    /// What quality servers call a project, by the older settings; `nil` for one that has no name there, or that is part of
    /// another one.
    func longName(of project: ProjectKey) -> String? {
        let key = project.text.lowercased()
        guard setup.reference.value("subprojects", key) == nil else { return nil }
        return setup.reference.value("projects", key)
    }

    /// The servers that the older settings name for all projects, where a project has none of its own.
    func sharedServers(of project: ProjectKey, _ kinds: Set<SourceKind>) -> [SourceDefinition] {
        var shared: [SourceDefinition] = []
        let settings = setup.reference
        if !kinds.contains(.jenkins), let host = settings.value("jenkins", "host") {
            var options = SourceOptions()
            options.user = settings.value("jenkins", "username")
            options.password = settings.value("jenkins", "password").map { Secret($0) }
            // Words for yes and no do not name a file.
            options.authorityFile = settings.value("jenkins", "verify").flatMap { $0.contains("/") ? $0 : nil }
            shared.append(
                SourceDefinition(
                    type: "jenkins", name: "Jenkins", url: host, origin: "[jenkins] of the settings file",
                    options: options))
        }
        guard let longName = longName(of: project) else { return shared }
        for section in ["quality-time", "sonar"] {
            guard let name = settings.value(section, "name", project: project.text.lowercased()),
                let url = settings.value(section, "url", project: project.text.lowercased())
            else { continue }
            shared.append(
                SourceDefinition(
                    type: settings.value(section, "source_type", project: project.text.lowercased()) ?? section,
                    name: name, url: url.replacing("{}", with: PercentEncoding.encode(longName)),
                    origin: "[\(section)] of the settings file"))
        }
        return shared
    }

    /// The quality servers that a project's metrics are asked of. An entry in a list alone is none: another server may have
    /// named it.
    func metricServers(of project: ProjectKey) -> [SourceDefinition] {
        (setup.numberedSources(of: project) + sharedServers(of: project, [.jenkins])).filter {
            $0.kind?.hasMetrics == true
        }
    }
}
