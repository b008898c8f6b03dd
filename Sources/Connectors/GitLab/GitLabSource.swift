package import Forges
package import Gathering
import HTTP
package import REST
package import Tables

/// What GitLab knows about one repository besides its commits: merge requests, their notes and approvals, and pushes.
package struct GitLabSource: Source {
    private let settings: GitLabSettings
    private let environment: RESTEnvironment
    private let pool: TokenPool

    package init(_ settings: GitLabSettings, _ environment: RESTEnvironment, pool: TokenPool) {
        self.settings = settings
        self.environment = environment
        self.pool = pool
    }

    package var name: String { settings.forge.name }

    package var tables: [TableSchema] { [.mergeRequest, .mergeRequestNote, .commitComment, .gitLabRepo, .vcsEvent] }
    package var occasionalTables: [TableSchema] { [.mergeRequestReview, .gitLabIssue, .gitLabIssueNote] }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        let run = try ForgeRun(settings.forge, environment, pool: pool, tracker: .gitLab, headers: [:], request)
        let stream = try request.output.stream(piece: 0)
        let gathering = GitLabGathering(
            run: run, mapping: GitLabMapping(repository: name), settings: settings, storage: request.storage,
            stream: stream)
        try await gathering.all()
        try request.output.finish(stream, piece: 0)
        var report = try run.finish()
        if let tracker = settings.dropins?.tracker {
            report.cursors.removeAll { $0.tracker == .gitLab }
            report.cursors.append(.init(.gitLab, tracker))
        }
        return report
    }

    package func reach(storage: String) async throws -> String? {
        let client = environment.impatient.client(settings.forge.base, trust: settings.forge.trust, pool: pool)
        _ = try await client.send(RESTRequest(settings.path))
        return "GitLab shows the project"
    }
}

/// What the configuration says about one repository on GitLab.
package struct GitLabSettings: Sendable {
    package var forge: ForgeSettings
    /// Whether each new commit is asked for its comments: one request for each.
    package var asksForCommitComments = false
    /// The commits after one up to another one, newest first, out of a copy of the repository below a directory; `nil` where
    /// it does not have them.
    package var commits: @Sendable (_ storage: String, _ from: String, _ to: String) async throws -> [String]? =
        { _, _, _ in nil }

    /// What somebody made beforehand takes the place of the lists; `nil` where nobody did.
    package var dropins: Dropins?

    package struct Dropins: Sendable {
        /// Whether the project itself is among them.
        package var hasProject: Bool
        /// The moment up to which they go, in local time, where they say it.
        package var tracker: String?

        package init(hasProject: Bool, tracker: String?) {
            self.hasProject = hasProject
            self.tracker = tracker
        }
    }

    package init(_ forge: ForgeSettings) { self.forge = forge }

    /// `projects/group%2Fname`
    var path: String { "projects/\(PercentEncoding.encode(forge.repository))" }
}
