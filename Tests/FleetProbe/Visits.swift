import Bundles
import ControllerAPI
import ControllerClient
import Cryptography
import Delivery
import HTTP
import SFTP
import Synchronization

/// What the agents of a crowd ask of a controller, several at a time.
struct Visits: Sendable {
    let crowd: Crowd
    /// `host:port`
    let controller: String
    let certificate: String
    let workers: Int

    private func client(_ number: Int, _ http: HTTPClient) throws -> ControllerClient {
        try ControllerClient(
            controller, trust: .certificate(file: certificate), agent: AgentKey(crowd.name(number)),
            key: crowd.key(number), http: http)
    }

    private static func http() throws -> HTTPClient {
        try HTTPClient(HTTPClient.Configuration(userAgent: "gatherer/benchmark"))
    }

    /// Has each number handled by one of the workers.
    private func all(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        let next = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    while case let number = next.take(), number < crowd.count {
                        try await body(number)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Has each number handled at a moment of its own, by chance, of a time.
    private func all(
        over duration: Duration, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<crowd.count {
                let begin = start + duration * Double.random(in: 0..<1)
                group.addTask {
                    try await ContinuousClock().sleep(until: begin)
                    try await body(number)
                }
            }
            try await group.waitForAll()
        }
    }

    /// One visit of each agent.
    /// - Parameter duration: within which they begin; `nil` for one after the other in each worker, as fast as it goes.
    func cycle(over duration: Duration?) async throws -> String {
        let times = Times(), errors = Counter()
        let start = ContinuousClock.now
        let body: @Sendable (Int) async throws -> Void = { number in
            do {
                try await visit(number, times)
            } catch {
                if errors.take() < 5 { print("# \(crowd.name(number)): \(error)") }
            }
        }
        if let duration { try await all(over: duration, body) } else { try await all(body) }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return
            #"{"agents": \#(crowd.count), "errors": \#(errors.value), "seconds": \#(seconds), \#(times.summary)}"#
    }

    private func visit(_ number: Int, _ times: Times) async throws {
        let project = try ProjectKey(crowd.name(number))
        let client = try client(number, Self.http())
        let answer = try await times.measure("register") {
            try await client.register(project, token: crowd.token(number))
        }
        _ = try await times.measure("status") { try await client.status(project) }
        guard let details = answer.controller else { return }
        let bundle = try crowd.bundle(number)
        try await times.measure("upload") {
            let server = try SFTPServer(details.ssh, controller: client.host, privateKey: "\(crowd.path(number))/key")
            let connection = try await SFTPConnection.connect(server)
            let target = "export/\(project)/\(bundle.announcement.run)"
            try await connection.makeDirectory(target)
            for part in bundle.announcement.parts {
                try await connection.upload("\(crowd.path(number))/parts/\(part.name)", to: "\(target)/\(part.name)")
            }
            await connection.close()
        }
        let receipt = try await times.measure("notify") {
            try await client.announce(
                ExportNotification(agent: nil, files: .init(bundle: bundle.announcement)), of: project)
        }
        guard receipt.manifest == bundle.announcement.manifest else { throw ControllerIsWrong() }
    }

    /// The receipt is for something else.
    private struct ControllerIsWrong: Error {}

    /// Signed status requests over connections that stay open, one after the other in each worker.
    func ask(for duration: Duration) async throws -> String {
        let times = Times(), errors = Counter()
        let end = ContinuousClock.now + duration
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    let http = try Self.http()
                    let numbers = stride(from: worker, to: crowd.count, by: workers)
                    let clients = try numbers.map { number in
                        (try client(number, http), try ProjectKey(crowd.name(number)))
                    }
                    while ContinuousClock.now < end {
                        for (client, project) in clients where ContinuousClock.now < end {
                            do {
                                _ = try await times.measure("status") { try await client.status(project) }
                            } catch {
                                _ = errors.take()
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let rate = Double(times.count("status")) / (duration / .seconds(1))
        return #"{"rate": \#(rate), "errors": \#(errors.value), \#(times.summary)}"#
    }
}

/// Counts, from whatever task.
final class Counter: Sendable {
    private let count = Atomic(0)

    /// The number before this one was counted.
    func take() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
    var value: Int { count.load(ordering: .relaxed) }
}

/// How long requests took, by kind.
final class Times: Sendable {
    private let seconds = Mutex<[String: [Double]]>([:])

    func measure<Value>(_ kind: String, _ body: () async throws -> Value) async throws -> Value {
        let start = ContinuousClock.now
        let value = try await body()
        let taken = (ContinuousClock.now - start) / .milliseconds(1)
        seconds.withLock { $0[kind, default: []].append(taken) }
        return value
    }

    func count(_ kind: String) -> Int { seconds.withLock { $0[kind]?.count ?? 0 } }

    /// Members of a JSON object: milliseconds, the median and the 99th percentile.
    var summary: String {
        seconds.withLock { seconds in
            seconds.sorted { $0.key < $1.key }.map { kind, values in
                let sorted = values.sorted()
                let high = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
                return
                    #""\#(kind)": {"median": \#(sorted[sorted.count / 2]), "p99": \#(high), "count": \#(sorted.count)}"#
            }.joined(separator: ", ")
        }
    }
}
