import AzureDevOps
import Configuration
import Forges
import Gathering
import Git
import GitHub
import GitLab
import HTTP
import REST
import SourceSettings
import Synchronization

/// What the sources share that ask web APIs, and the platforms among them.
final class Platforms: Sendable {
    let environment: RESTEnvironment
    private let share: Double
    /// Which fields of work items are gathered; `nil` for the usual ones.
    private let fields: WorkItemFields?
    /// One for all sources that use the same logins at the same host: they share its limit.
    private let pools = Mutex<[String: TokenPool]>([:])

    init(_ environment: RESTEnvironment, share: Double, fields: WorkItemFields?) {
        self.fields = fields
        self.environment = environment
        self.share = share
    }

    /// The logins of a host, and what each has left.
    func pool(_ base: WebAddress, _ logins: [Authorization]) -> TokenPool {
        let names = logins.map(\.name).joined(separator: ",")
        return pools.withLock { pools in
            let key = "\(base.origin) \(names)"
            if let pool = pools[key] { return pool }
            let pool = TokenPool(logins, share: share)
            pools[key] = pool
            return pool
        }
    }

    /// The logins of a source's host.
    func pool(for source: ResolvedSource, _ platform: PlatformAddress) throws(HTTPError) -> TokenPool {
        let form: Authorization.Form =
            switch source.kind {
            case .gitlab: .header("PRIVATE-TOKEN")
            case .tfs, .tfvc: .basic(user: "")
            default: .token
            }
        var logins = platform.tokens.enumerated().map { index, token in
            let name = platform.tokens.count > 1 ? "\(platform.credential) (token \(index + 1))" : platform.credential
            return Authorization(form, token, name: name)
        }
        if logins.isEmpty, let user = platform.user, let password = platform.password {
            logins = [Authorization(.challenge(user: user), password, name: platform.credential)]
        }
        return pool(try WebAddress(platform.api), logins)
    }

    func trust(_ source: ResolvedSource, _ path: (String) -> String) -> HTTPRequest.Trust {
        source.isUnsafe ? .anybody : source.authorityFile.map { .certificate(file: path($0)) } ?? .system
    }

    /// What the platform of a repository knows besides its commits; `nil` where nothing here can ask it.
    /// - Parameter path: makes a path of the configuration absolute.
    /// - Parameter git: has the repository's commits.
    /// - Parameter dropins: of the project.
    func source(
        _ source: ResolvedSource, git: GitSource, dropins: DropinTables, path: (String) -> String
    ) throws -> (any Source)? {
        guard let platform = source.platform else { return nil }
        // Of a project under Team Foundation's own version control, whose name is all there is.
        guard let repository = source.kind == .tfvc ? "" : platform.repository else { return nil }
        let base = try WebAddress(platform.api)
        var forge = ForgeSettings(name: source.name, base: base, repository: repository)
        forge.trust = trust(source, path)
        let pool = try pool(for: source, platform)
        switch source.kind {
        case .github:
            return GitHubSource(
                GitHubSettings(forge, bots: platform.bots), environment, pool: pool)
        case .gitlab:
            var settings = GitLabSettings(forge)
            settings.asksForCommitComments = platform.asksForCommitComments
            settings.dropins = try dropins.gitLab(source.name)
            settings.commits = { storage, from, to in try await git.commits(in: storage, after: from, upTo: to) }
            return GitLabSource(settings, environment, pool: pool)
        case .tfs, .tfvc:
            var settings = AzureSettings(
                forge, collection: platform.namespace.first ?? "", project: platform.namespace.dropFirst().first)
            settings.fields = fields ?? WorkItemFields()
            return AzureSource(settings, environment, pool: pool)
        default: return nil
        }
    }
}
