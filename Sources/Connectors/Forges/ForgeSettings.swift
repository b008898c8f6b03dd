package import HTTP
package import REST
import Timestamps

/// What the configuration says about one repository on a hosting platform.
package struct ForgeSettings: Sendable {
    /// The repository's name in rows and cursors.
    package var name: String
    /// The API's base, e.g. `https://api.github.com`.
    package var base: WebAddress
    /// Where the repository is, in the words of the API, e.g. `owner/name`; parts are not percent-encoded.
    package var repository: String
    package var trust: HTTPRequest.Trust = .system

    package init(name: String, base: WebAddress, repository: String) {
        self.name = name
        self.base = base
        self.repository = repository
    }
}

/// What all connectors of web APIs share in one program.
package struct RESTEnvironment: Sendable {
    package let http: HTTPClient
    package var archive: AnswerStore?
    package var replay: AnswerStore?
    package var clock = RESTClock.system
    package var retries = RESTRetries()
    /// Requests in flight to one host.
    package var parallelism = 8

    package init(http: HTTPClient) { self.http = http }
}
