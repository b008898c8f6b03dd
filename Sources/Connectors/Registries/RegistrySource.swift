package import Configuration
package import Gathering
package import HTTP
package import REST
package import RegistryDefinitions
package import Tables

/// What the configuration says about one registry.
package struct RegistrySettings: Sendable {
    package var name: String
    /// Where the registry is: the definition's base, unless the source has a URL of its own.
    package var base: WebAddress
    package var definition: RegistryDefinition
    package var user: String?
    package var password: Secret?
    package var token: Secret?
    package var trust: HTTPRequest.Trust = .system
    package var http: HTTPClient
    package var archive: AnswerStore?
    package var replay: AnswerStore?
    package var clock = RESTClock.system
    package var retries = RESTRetries()
    /// Records asked for one by one at the same time.
    package var parallelism = 4
    /// How much of a server's limit may be used, above 0 and up to 1.
    package var share = 1.0

    package init(name: String, base: WebAddress, definition: RegistryDefinition, http: HTTPClient) {
        self.name = name
        self.base = base
        self.definition = definition
        self.http = http
    }
}

/// The lists of a registry that no connector knows, as a definition says.
package struct RegistrySource: Source {
    private let settings: RegistrySettings

    package init(_ settings: RegistrySettings) { self.settings = settings }

    package var name: String { settings.name }

    package var tables: [TableSchema] {
        settings.definition.resources.reduce(into: []) { tables, resource in
            if !tables.contains(resource.table) { tables.append(resource.table) }
        }
    }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        let stream = try request.output.stream(piece: 0)
        let since = RegistryCursor(request.trackers.value(.registries, of: name))
        let session = RegistrySession(settings, activity: request.activity)
        let gathering = RegistryGathering(
            settings, session: session, stream: stream, since: since.moment(for: settings.definition),
            activity: request.activity)
        let report = try await gathering.all()
        try request.output.finish(stream, piece: 0)
        return report
    }

    package func reach(storage: String) async throws -> String? {
        guard let resource = settings.definition.resources.first else { return nil }
        var impatient = settings
        impatient.retries = RESTRetries(tries: 1, longestWait: .zero)
        impatient.archive = nil
        let session = RegistrySession(impatient, activity: SourceActivity())
        _ = try await session.send(RegistryPager(resource, parameters: []).start)
        return "it answers"
    }
}
