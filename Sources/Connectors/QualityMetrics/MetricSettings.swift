package import Forges
package import Gathering
package import HTTP
package import REST
package import Tables

/// What the configuration says about one server that measures the quality of a project.
package struct MetricSettings: Sendable {
    /// What is asked of the server; a run takes all of it.
    package enum Step: String, CaseIterable, Sendable {
        /// Which other servers the project has.
        case sources
        /// What the metrics should be, and how that changed.
        case options
        /// What they are.
        case history

        package var tables: [TableSchema] {
            switch self {
            case .sources: [.sourceIDs]
            case .options: [.metricVersions, .metricTargets, .metricDefaults]
            case .history: [.metrics]
            }
        }

        var title: String {
            switch self {
            case .sources: "project sources"
            case .options: "targets of metrics"
            case .history: "measurements"
            }
        }
    }

    package var name: String
    /// Where the server is, with its context path.
    package var base: WebAddress
    /// By which the trackers know the server.
    package var url: String
    package var steps: Set<Step> = Set(Step.allCases)
    /// Up to when to look, `YYYY-MM-DD HH:MM:SS`, in the zone that the connector says; `nil` for now.
    package var until: String?
    package var trust: HTTPRequest.Trust = .system
    package var environment: RESTEnvironment
    package var pool: TokenPool
    /// Takes the other servers of the project that the server names.
    package var found: @Sendable ([FoundSource]) throws -> Void = { _ in }

    package init(name: String, base: WebAddress, url: String, _ environment: RESTEnvironment, pool: TokenPool) {
        self.name = name
        self.base = base
        self.url = url
        self.environment = environment
        self.pool = pool
    }

    /// The tables of the steps that are taken.
    package var tables: [TableSchema] { Step.allCases.filter(steps.contains).flatMap(\.tables) }

    /// The same for a single question.
    package var impatient: MetricSettings {
        var settings = self
        settings.environment = environment.impatient
        return settings
    }

    package func client(_ activity: SourceActivity? = nil) -> RESTClient {
        var configuration = RESTClient.Configuration(base: base)
        configuration.trust = trust
        configuration.clock = environment.clock
        configuration.retries = environment.retries
        configuration.responseLimit = 64 << 20
        if let activity { configuration.waits = { wait in activity.pause(wait?.phase) } }
        return RESTClient(
            configuration, http: environment.http, pool: pool,
            stores: RESTStores(archive: environment.archive, replay: environment.replay))
    }
}

/// Another server of the project that a quality server names.
package struct FoundSource: Hashable, Sendable {
    package let type: String
    package let name: String
    package let url: String

    package init(type: String, name: String, url: String) {
        self.type = type
        self.name = name
        self.url = url
    }
}
