package import HTTP
package import REST

/// A repository that a platform has beside those that are configured.
package struct Sibling: Hashable, Sendable {
    package let name: String
    package let url: String

    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}

/// Where several repositories are together: an owner, a group, or a project, and what is said of it to analysts.
package struct ForgeEnvironment: Hashable, Sendable {
    /// `github`, `gitlab` or `tfs`.
    package let type: String
    package let url: String
    /// What tells it from others; `nil` for a part that is not set.
    package let parts: [String?]

    package init(type: String, url: String, parts: [String?]) {
        self.type = type
        self.url = url
        self.parts = parts
    }

    /// Two spellings of the URL are one environment.
    package static func == (one: Self, other: Self) -> Bool { one.type == other.type && one.parts == other.parts }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        hasher.combine(parts)
    }
}

/// Finds further repositories, and the version of the platform's software where that is told.
package protocol Discovery: Sendable {
    var environment: ForgeEnvironment { get }
    func siblings() async throws -> [Sibling]
    func version() async throws -> String?
}

extension Discovery {
    package func version() async throws -> String? { nil }
}

extension RESTEnvironment {
    /// The same for a single question: what does not answer at once is not asked again.
    package var impatient: RESTEnvironment {
        var environment = self
        environment.retries = RESTRetries(tries: 1, longestWait: .zero)
        environment.archive = nil
        return environment
    }

    /// A client for a few questions, which keeps nothing.
    package func client(
        _ base: WebAddress, trust: HTTPRequest.Trust, pool: TokenPool, headers: HTTPHeaders = [:]
    ) -> RESTClient {
        var configuration = RESTClient.Configuration(base: base)
        configuration.headers = headers
        configuration.trust = trust
        configuration.parallelism = parallelism
        configuration.retries = retries
        configuration.clock = clock
        return RESTClient(configuration, http: http, pool: pool, stores: RESTStores(archive: archive, replay: replay))
    }
}
