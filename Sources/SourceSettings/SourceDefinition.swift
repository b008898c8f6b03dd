package import Configuration
package import RegistryDefinitions

/// One source of a project as it is defined, in `data_sources.json` or by numbered settings.
package struct SourceDefinition: Sendable, Equatable {
    /// As declared, and as exported again.
    package let type: String
    /// Rows carry it as the repository's name.
    package let name: String
    /// As defined.
    package let url: String
    package let gitHubTeam: String?
    /// Where it is defined, for messages.
    package let origin: String
    /// What its own settings say, where it has any; they win over the credentials of its host.
    package let options: SourceOptions

    package init(
        type: String, name: String, url: String, gitHubTeam: String? = nil, origin: String,
        options: SourceOptions = SourceOptions()
    ) {
        self.type = type
        self.name = name
        self.url = url
        self.gitHubTeam = gitHubTeam
        self.origin = origin
        self.options = options
    }

    /// `nil` for a type that nothing here knows; such a source is exported but not gathered.
    package var kind: SourceKind? { SourceKind(rawValue: type) }

    /// The URL in its long form.
    package var plainURL: String { kind?.isGitFamily == true ? PlainURL.ofGit(url) : url }

    /// The value of a member of the URL's query.
    package func queryValue(_ name: String) -> String? { SourceURL(url).queryValue(name) }

    /// The URL as others may see it.
    package var exportedURL: String { PlainURL.exported(plainURL) }
}

/// What a numbered source's own settings say about it.
package struct SourceOptions: Sendable, Equatable {
    package var user: String?
    package var password: Secret?
    package var token: Secret?
    package var keyPath: String?
    package var fromDate: String?
    package var tag: String?
    package var skipsStatistics = false
    package var isUnsafe = false
    package var authorityFile: String?
    /// Of a registry: how it is asked.
    package var registry: RegistryDefinition?

    package init() {}
}

/// The systems that a source can be of.
package enum SourceKind: String, CaseIterable, Sendable {
    case git, github, gitlab, tfs, tfvc, subversion
    case jenkins, jira, rest, sonar
    case qualityTime = "quality-time"
    case controller

    /// Whether there are commits in it.
    package var isRepository: Bool { isGitFamily || self == .tfvc || self == .subversion }

    var isGitFamily: Bool { [.git, .github, .gitlab, .tfs].contains(self) }
}
