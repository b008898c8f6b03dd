import Forges
package import Gathering
package import HTTP
package import QualityMetrics
import REST
package import Tables
import Timestamps

/// What a SonarQube or SonarCloud knows about a project: its quality gates as targets, and the measures of its analyses.
package struct SonarSource: Source {
    /// Which of the server's projects count.
    package enum Scope: Hashable, Sendable {
        case component(String)
        case everything
    }

    private let settings: MetricSettings
    private let scope: Scope
    private let organization: String?
    private let longName: String?
    private let listLimit: Int

    /// Projects that a server lists at most (`api/components/search_projects`: "p × ps must be less than 10000").
    package static let listLimit = 10_000

    /// - Parameters:
    ///   - settings: the base may be that of a page of the server's user interface.
    ///   - organization: as SonarCloud wants it named with each request.
    ///   - longName: the organization where the server's version is one that wants it and none is given.
    package init(
        _ settings: MetricSettings, scope: Scope, organization: String? = nil, longName: String? = nil,
        listLimit: Int = Self.listLimit
    ) throws(HTTPError) {
        self.listLimit = listLimit
        var settings = settings
        let base = settings.base
        settings.base = try WebAddress(base.origin + Self.context(base.path))
        self.settings = settings
        self.scope = scope
        self.organization = organization
        self.longName = longName
    }

    /// The path without what pages of the user interface add to it.
    private static func context(_ path: String) -> String {
        for page in ["/dashboard", "/project/", "/component_measures", "/summary/"] {
            if let start = path.firstRange(of: page)?.lowerBound { return "\(path[..<start])/" }
        }
        return path
    }

    package var name: String { settings.name }
    package var tables: [TableSchema] { settings.tables }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        let run = MetricRun(settings, request)
        let server = SonarServer(
            run.client, organization: organization, longName: longName, listLimit: listLimit)
        let gathering = try SonarGathering(run, server, scope: scope)
        try await gathering.all()
        return try run.finish()
    }

    /// The project's name at the server, which is that of its first organization, else of its first component, and when it
    /// was asked.
    package func displayName() async throws -> (displayName: String?, revision: Trackers.Revision) {
        let now = Timestamp(seconds: settings.environment.clock.now().seconds).revisionInZone
        let server = SonarServer(settings.impatient.client(), organization: organization, longName: longName)
        let found = try await server.components(scope)
        return (
            found.organization ?? found.components.first?.name,
            Trackers.Revision(type: "sonar", name: settings.name, url: settings.url, version: now)
        )
    }

    package func reach(storage: String) async throws -> String? {
        // Without a login it says so, and a login that is not valid is refused.
        _ = try await settings.impatient.client().send(RESTRequest("api/authentication/validate"))
        return "SonarQube answers"
    }

    /// The server's version; `nil` where it does not say.
    package func version() async throws -> String? {
        try await SonarServer(settings.client(), organization: nil, longName: nil).version()
    }
}
