package import Forges
package import Gathering
import HTTP
package import REST
package import Tables

/// What GitHub knows about one repository besides its commits: issues, pull requests, reviews and all remarks.
package struct GitHubSource: Source {
    private let settings: GitHubSettings
    private let environment: RESTEnvironment
    private let pool: TokenPool

    package init(_ settings: GitHubSettings, _ environment: RESTEnvironment, pool: TokenPool) {
        self.settings = settings
        self.environment = environment
        self.pool = pool
    }

    package var name: String { settings.forge.name }

    package var tables: [TableSchema] {
        [
            .mergeRequest, .mergeRequestNote, .commitComment, .gitHubRepo, .mergeRequestReview, .gitHubIssue,
            .gitHubIssueNote,
        ]
    }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        let run = try ForgeRun(
            settings.forge, environment, pool: pool, tracker: .gitHub, headers: Self.headers, request)
        let stream = try request.output.stream(piece: 0)
        let gathering = GitHubGathering(
            run: run, mapping: GitHubMapping(repository: name, bots: settings.bots),
            path: "repos/\(settings.path)", stream: stream)
        try await gathering.all()
        try request.output.finish(stream, piece: 0)
        return try run.finish()
    }

    package func reach(storage: String) async throws -> String? {
        let client = environment.impatient.client(
            settings.forge.base, trust: settings.forge.trust, pool: pool, headers: Self.headers)
        _ = try await client.send(RESTRequest("repos/\(settings.path)"))
        return "GitHub shows the repository"
    }

    /// The version of the API that the answers are of; servers that know no versions pass it over.
    static let headers: HTTPHeaders = ["X-GitHub-Api-Version": "2022-11-28"]
}

/// What the configuration says about one repository on GitHub.
package struct GitHubSettings: Sendable {
    package var forge: ForgeSettings
    /// Logins whose remarks are left out, whatever GitHub thinks they are.
    package var bots: Set<String>

    package init(_ forge: ForgeSettings, bots: [String] = []) {
        self.forge = forge
        self.bots = Set(bots.map { $0.lowercased() })
    }

    /// `owner/name` for the path of a request.
    var path: String {
        forge.repository.split(separator: "/").map { PercentEncoding.encode($0) }.joined(separator: "/")
    }
}
