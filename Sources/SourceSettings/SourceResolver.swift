/// Works out how to reach a source from its URL and the credentials of its host.
package struct SourceResolver: Sendable {
    private let credentials: CredentialsFile
    private let denyList: DenyList
    private let followsRedirection: Bool
    private let variable: @Sendable (String) -> String?

    /// - Parameter followsRedirection: whether the option `host` of a section leads on to another host.
    /// - Parameter variable: the value of an environment variable, for the option `env`.
    package init(
        credentials: CredentialsFile, denyList: DenyList = DenyList(""), followsRedirection: Bool = true,
        variable: @escaping @Sendable (String) -> String?
    ) {
        self.credentials = credentials
        self.denyList = denyList
        self.followsRedirection = followsRedirection
        self.variable = variable
    }

    /// Whether the deny list has a URL.
    package func denies(_ url: String) -> Bool { denyList.denies(url) }

    /// - Throws: when the source is of an unknown type, denied, or its address is not safe to pass on.
    package func resolve(_ definition: SourceDefinition) throws(SourceSettingsError) -> ResolvedSource {
        guard let declared = definition.kind else {
            throw problem(.unknownType, definition, "nothing here knows sources of the type '\(definition.type)'")
        }
        var original = SourceURL(definition.plainURL)
        var (url, section, sectionName) = redirect(original)
        let kind = declared == .git ? gitKind(section) : declared
        let group = credentials.section(original.section).value("group")
        if kind == .gitlab, sectionName != original.section, let group {
            original.path = Self.moved(original.path, into: group, strip: section.value("strip"))
            url.path = original.path
        }
        guard definition.gitHubTeam == nil || kind == .github else {
            throw problem(.unknownType, definition, "only GitHub sources have a team")
        }
        let route = Route(
            kind: kind, original: original, url: url, section: section, options: definition.options, variable: variable)
        let connection = route.connection
        guard ![connection.user, url.host].contains(where: { $0?.hasPrefix("-") == true }) else {
            throw problem(.dangerousAddress, definition, "expected a user and a host that do not begin with '-'")
        }
        guard !denyList.denies(connection.url), !denyList.denies(definition.exportedURL) else {
            throw problem(.denied, definition, "the deny list has its URL")
        }
        let options = definition.options
        return ResolvedSource(
            definition: definition, kind: kind, transport: connection.transport, connectionURL: connection.url,
            user: connection.user, password: connection.password,
            token: options.token ?? section.secret("github_token") ?? section.secret("gitlab_token"),
            keyPath: connection.keyPath, hostSection: sectionName,
            isUnsafe: options.isUnsafe || section.isSet("unsafe_hosts"),
            fromDate: options.fromDate ?? section.value("from_date"), tag: options.tag ?? section.value("tag"),
            skipsStatistics: options.skipsStatistics || section.isSet("skip_stats"),
            authorityFile: options.authorityFile,
            platform: try platform(kind, original, url, section, sectionName, group, definition))
    }

    /// A GitLab project that was moved to another host, where one group has the projects of all: `g/s/r` is `group/g-s/r`.
    private static func moved(_ path: String, into group: String, strip: String?) -> String {
        let prefix = (strip ?? "").split(separator: "/")
        var parts = path.split(separator: "/")
        let hasPrefix = !prefix.isEmpty && parts.starts(with: prefix)
        if hasPrefix { parts.removeFirst(prefix.count) }
        guard parts.count > 1, parts[0] != group else { return path }
        let rest = [group, "\(parts[0])-\(parts[1])"] + parts.dropFirst(2).map(String.init)
        return "/" + ((hasPrefix ? prefix.map(String.init) : []) + rest).joined(separator: "/")
    }

    private func platform(
        _ kind: SourceKind, _ original: SourceURL, _ url: SourceURL, _ section: CredentialsFile.Section, _ name: String,
        _ group: String?, _ definition: SourceDefinition
    ) throws(SourceSettingsError) -> PlatformAddress? {
        var address = PlatformAddress(
            kind, original: original, url: url, section: section, sectionName: name, definition: definition)
        if kind == .gitlab { address?.group = group }
        if let address, denyList.denies(address.api) {
            throw problem(.denied, definition, "the deny list has the address of its API")
        }
        return address
    }

    /// The URL with the host and port that count, and what is said about them.
    private func redirect(_ original: SourceURL) -> (SourceURL, CredentialsFile.Section, name: String) {
        var url = original
        var name = original.section
        if followsRedirection, let target = credentials.section(name).value("host") {
            name = target
            let parts = target.split(separator: ":", maxSplits: 1)
            url.host = parts.first.map(String.init) ?? ""
            url.port = parts.count > 1 ? SourceURL.port(parts[1]) : nil
        }
        let section = credentials.section(name)
        if let port = section.value("port").flatMap({ SourceURL.port($0[...]) }) { url.port = port }
        return (url, section, name)
    }

    /// A Git source is of the system that the host is marked as.
    private func gitKind(_ section: CredentialsFile.Section) -> SourceKind {
        if section.isSet("github_token") { return .github }
        if section.isSet("gitlab_token") { return .gitlab }
        return section.isSet("tfs") ? .tfs : .git
    }

    private func problem(
        _ code: SourceSettingsError.Code, _ definition: SourceDefinition, _ text: String
    ) -> SourceSettingsError {
        SourceSettingsError(code: code, subject: "\(definition.origin) (\(definition.name))", problem: text)
    }
}
