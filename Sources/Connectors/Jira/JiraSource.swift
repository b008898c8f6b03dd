package import Gathering
package import HTTP
package import REST
package import Tables

/// What the configuration says about the issues of one project.
package struct JiraSettings: Sendable {
    package var name: String
    /// Where Jira is, with its context path.
    package var base: WebAddress
    /// The project's key.
    package var project: String
    package var fields = JiraFields()
    package var trust: HTTPRequest.Trust = .system
    package var http: HTTPClient
    package var archive: AnswerStore?
    package var replay: AnswerStore?
    package var clock = RESTClock.system
    package var retries = RESTRetries()
    /// Issues of one page.
    package var pageSize = 100

    package init(name: String, base: WebAddress, project: String, http: HTTPClient) {
        self.name = name
        self.base = base
        self.project = project
        self.http = http
    }
}

/// The issues of one project in Jira Server, Data Center or Cloud, in all their versions, and what they refer to.
package struct JiraSource: Source {
    private let settings: JiraSettings
    private let pool: TokenPool

    package init(_ settings: JiraSettings, pool: TokenPool) {
        self.settings = settings
        self.pool = pool
    }

    package var name: String { settings.name }
    package var tables: [TableSchema] { TableSchema.jira + settings.fields.customTables }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        var configuration = configuration
        // A page of issues with their whole history can be large.
        configuration.responseLimit = 64 << 20
        configuration.waits = { [activity = request.activity] wait in activity.pause(wait?.phase) }
        let client = RESTClient(
            configuration, http: settings.http, pool: pool,
            stores: RESTStores(archive: settings.archive, replay: settings.replay))
        let stream = try request.output.stream(piece: 0)
        let gathering = JiraGathering(
            settings: settings, client: client, tables: JiraTables(stream, project: settings.project, source: name),
            since: request.trackers.value(.jira, of: name), activity: request.activity)
        let report = try await gathering.all()
        try request.output.finish(stream, piece: 0)
        return report
    }

    private var configuration: RESTClient.Configuration {
        var configuration = RESTClient.Configuration(base: settings.base)
        configuration.headers = ["X-Atlassian-Token": "no-check"]
        configuration.trust = settings.trust
        configuration.clock = settings.clock
        configuration.retries = settings.retries
        return configuration
    }

    package func reach(storage: String) async throws -> String? {
        var configuration = configuration
        configuration.retries = RESTRetries(tries: 1, longestWait: .zero)
        let client = RESTClient(configuration, http: settings.http, pool: pool)
        _ = try await client.send(RESTRequest("rest/api/2/project/\(PathPart.encode(settings.project))"))
        return "Jira shows the project"
    }
}
