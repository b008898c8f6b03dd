import AgentAPI
import Configuration
import ControllerAPI
import Files
import FoundationEssentials
import HTTPServer
import Logging
import Runs
import Synchronization
import Timestamps

/// An agent that is as the test says.
final class FakeAgent: AgentService {
    struct State: Sendable {
        var isGathering = false
        var beginning = Beginning.begun
        var begun = 0
        var runs: [RunRecord] = []
        var hindrances: [String] = []
        var snapshot = AgentSnapshot(version: "1.2.3")
    }

    let state = Mutex(State())

    func isGathering() async -> Bool { state.withLock { $0.isGathering } }
    func begin() async -> Beginning {
        state.withLock { state in
            state.begun += 1
            return state.beginning
        }
    }
    func snapshot() async -> AgentSnapshot { state.withLock { $0.snapshot } }
    func runs(_ count: Int) async throws -> [RunRecord] { state.withLock { Array($0.runs.prefix(count)) } }
    func run(_ id: RunID) async throws -> RunRecord? { state.withLock { $0.runs.first { $0.id == id } } }
    func counts() async -> [RunResult.Outcome: Int] { [.complete: 3, .failed: 1] }
    func hindrances() async -> [String] { state.withLock { $0.hindrances } }

    var begun: Int { state.withLock { $0.begun } }
}

/// The API of such an agent, asked without a network.
struct Asking {
    let agent = FakeAgent()
    private let api: AgentAPI

    init(listener: String = "127.0.0.1", port: Int = 7070, host: String? = nil, token: String? = nil) {
        let access = Access(
            listener: HostPort(host: listener, port: port), host: host, token: token.map { Secret($0) })
        api = AgentAPI(
            agent, access: access, version: "1.2.3", logger: Logger([]), residentBytes: { 12_345_678 })
    }

    func ask(
        _ method: String, _ path: String, host: String = "localhost:7070", _ headers: [String: String] = [:]
    ) async -> Answered {
        let response = await api.handle(
            HTTPServerRequest(
                method: method, path: path, authority: host,
                headers: headers.map { ($0.key.lowercased(), $0.value) } + [("host", host)], peer: "127.0.0.1"))
        return Answered(response: response)
    }
}

struct Answered {
    let response: HTTPServerResponse

    var status: Int { response.status }
    var text: String { String(decoding: response.body, as: UTF8.self) }
    func header(_ name: String) -> String? { response.headers.first { $0.name == name }?.value }

    private struct ErrorBody: Decodable {
        struct Inner: Decodable {
            let status: String
            let message: String
            let traceback: String?
        }
        let ok: Bool
        let error: Inner
        let version: [String: String]
    }

    /// The message of an error in the older agents' form, whose status must be that of the answer.
    func errorMessage() throws -> String {
        let body = try JSONDecoder().decode(ErrorBody.self, from: Data(response.body))
        guard !body.ok, body.error.status.hasPrefix("\(status) "), body.error.traceback == nil, body.version.isEmpty
        else { throw WrongForm(text: text) }
        return body.error.message
    }

    struct WrongForm: Error { let text: String }
}
