import ControllerAPI
import Cryptography
import Database
import Endpoints
import Fleet
import HTTPServer
import Logging
import Reception
import Synchronization
import TestSupport
import Timestamps

/// The endpoints of a controller without its servers: requests go in and answers come out as values.
struct Gatehouse: Sendable {
    let directory: TemporaryDirectory
    let fleet: Fleet
    let endpoints: Endpoints
    let triggers = TriggerBoard()
    let clock = MovableClock()
    let log = RecordingLog()
    /// What the certificate is valid for, and so the `Host` of requests.
    static let host = "controller.example"

    /// The path of the store.
    let database: String

    /// - Parameter environment: what is sent to agents that may gather.
    init(_ policy: Policy = Policy(), environment: String? = nil) throws {
        directory = try TemporaryDirectory()
        database = "\(directory.path)/controller.sqlite"
        fleet = try Fleet(database, now: { [clock] in clock.now })
        let (certificate, privateKey) = try Certificate.selfSigned(hosts: [Self.host], validity: .seconds(3600))
        let receiptKey = try SigningKey.generate()
        let logger = Logger([log])
        let reception = try Reception(
            database: database, spool: Spool(state: directory.path), opener: Opener(certificate, privateKey),
            receiptKey: receiptKey, logger: logger)
        let details = ControllerDetails(
            sealingCertificate: certificate, receiptKey: receiptKey.publicKey,
            ssh: SSHService(port: 2222, user: "gathering", hostKeys: [try SigningKey.generate().publicKey.openSSH()]),
            features: [ControllerDetails.Feature.wait.rawValue])
        var services = Endpoints.Services(
            fleet: fleet, reception: reception, replays: ReplayGuard(start: Timestamp(seconds: 0)), triggers: triggers,
            logs: AgentLogs(state: directory.path), details: details, policy: policy)
        services.reader = try Fleet(reading: .file(database), now: { [clock] in clock.now })
        services.environment = { environment }
        services.legacyDelivered = { _, _, _ in }
        // What is used up stays so, however long a test takes.
        let start = ContinuousClock.now
        endpoints = Endpoints(services, logger: logger, now: { start })
    }

    /// An agent that is enrolled for projects.
    func agent(_ name: String, _ projects: String...) async throws -> Caller {
        let caller = Caller(name: name, key: try SigningKey.generate())
        let agent = try AgentKey(name)
        let projects = try projects.map { text in try ProjectKey(text) }
        let token = try await fleet.enrol(agent, for: projects, validity: .seconds(3600))
        _ = try await fleet.register(agent, for: projects[0], key: caller.key.publicKey, token: token)
        return caller
    }

    /// Looks for triggers while `body` runs.
    func watching<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { [triggers, fleet] in
                await triggers.run(fleet, logger: Logger([]))
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let value = try await group.next() { if let value { return value } }
            throw CancellationError()
        }
    }

    /// Sends a request, signed when an agent sends it.
    func send(
        _ method: String = "GET", _ path: String, _ query: String? = nil, body: String = "",
        as caller: Caller? = nil, headers: [(name: String, value: String)] = [], peer: String = "192.0.2.1"
    ) async throws -> Answer {
        var headers = headers
        if let caller {
            let signable = SignableRequest(
                method: method, authority: Self.host, path: path, query: query, body: Array(body.utf8))
            headers += try RequestSignature.headers(
                for: signable, agent: AgentKey(caller.name), key: caller.key
            ).map { ($0.name.lowercased(), $0.value) }
        }
        let response = await endpoints.answer(
            HTTPServerRequest(
                method: method, path: path, query: query, authority: Self.host, headers: headers,
                body: Array(body.utf8), peer: peer))
        return Answer(
            status: response.status, text: String(decoding: response.body, as: UTF8.self), headers: response.headers)
    }
}

/// Who signs requests.
struct Caller: Sendable {
    let name: String
    var key: SigningKey
}

struct Answer: Sendable {
    let status: Int
    let text: String
    let headers: [(name: String, value: String)]

    /// The text without the line end behind it.
    var line: String { text.hasSuffix("\n") ? String(text.dropLast()) : text }

    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
}

/// A clock that tests move.
final class MovableClock: Sendable {
    private let seconds = Mutex(1_700_000_000)
    var now: Timestamp { Timestamp(seconds: seconds.withLock { $0 }) }
    func advance(_ count: Int) { seconds.withLock { $0 += count } }
}

/// Keeps what was logged.
final class RecordingLog: LogSink {
    let level = LogLevel.debug
    private let records = Mutex<[LogRecord]>([])
    func write(_ record: LogRecord) { records.withLock { $0.append(record) } }
    var all: [LogRecord] { records.withLock { $0 } }
}
