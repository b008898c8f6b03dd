import Configuration
import Gathering
import HTTP
import REST
import RegistryDefinitions
import Synchronization

/// Requests to one registry, logged in as its definition says. A session that the server has ended is begun anew, once a request.
final class RegistrySession: Sendable {
    private let settings: RegistrySettings
    private let activity: SourceActivity
    /// `nil` until somebody logs in by the form.
    private let current = Mutex<(client: RESTClient, number: Int)?>(nil)

    init(_ settings: RegistrySettings, activity: SourceActivity) {
        self.settings = settings
        self.activity = activity
    }

    func send(_ request: RESTRequest) async throws -> RESTAnswer {
        let (client, number) = try await session(after: 0)
        do {
            let answer = try await client.send(request)
            guard isForm, answer.headers["Content-Type"]?.lowercased().contains("html") == true else { return answer }
            // The page of the login in place of the answer.
            return try await session(after: number).client.send(request)
        } catch let error as RESTError {
            guard isForm, number > 0 else { throw error }
            switch error.code {
            case .unauthorised, .forbidden: return try await session(after: number).client.send(request)
            default: throw error
            }
        }
    }

    private var isForm: Bool {
        if case .form = settings.definition.login { settings.replay == nil } else { false }
    }

    /// The session that is open, if it is a later one than a number; else a new one.
    private func session(after number: Int) async throws -> (client: RESTClient, number: Int) {
        if let open = current.withLock(\.self), open.number > number { return open }
        let authorization: Authorization?
        if case .form(let form) = settings.definition.login, isForm {
            authorization = try await FormLogin(settings, form).authorization()
        } else {
            authorization = plainAuthorization
        }
        let made = (client: client(authorization), number: number + 1)
        current.withLock { $0 = made }
        return made
    }

    private func client(_ authorization: Authorization?) -> RESTClient {
        var configuration = RESTClient.Configuration(base: settings.base)
        for header in settings.definition.headers { configuration.headers.add(header.name, header.value) }
        configuration.trust = settings.trust
        configuration.clock = settings.clock
        configuration.retries = settings.retries
        configuration.responseLimit = 64 << 20
        configuration.waits = { [activity] wait in activity.pause(wait?.phase) }
        return RESTClient(
            configuration, http: settings.http,
            pool: TokenPool(authorization.map { [$0] } ?? [], share: settings.share),
            stores: RESTStores(archive: settings.archive, replay: settings.replay))
    }

    /// Logins that go with each request.
    private var plainAuthorization: Authorization? {
        let (user, password, token) = (settings.user, settings.password, settings.token)
        switch settings.definition.login {
        case .none, .form: return nil
        case .basic:
            return password.map {
                Authorization(.basic(user: user ?? ""), $0, name: "the password of \(settings.name)")
            }
        case .bearer: return token.map { Authorization(.bearer, $0, name: "the token of \(settings.name)") }
        case .header(let name, let form):
            let value = form.replacing("{token}", token?.revealed ?? "").replacing("{user}", user ?? "")
                .replacing("{password}", password?.revealed ?? "")
            return Authorization(.header(name), Secret(value), name: "the login of \(settings.name)")
        }
    }
}

extension String {
    /// All occurrences of a text, left to right; what is put in is not looked at again.
    func replacing(_ part: String, _ text: String) -> String {
        var output = ""
        var rest = self[...]
        while let range = rest.ranges(of: part).first {
            output += rest[..<range.lowerBound] + text
            rest = rest[range.upperBound...]
        }
        return output + rest
    }
}
