import Configuration
import Cryptography
import HTTP
import Lifecycle
import Logging
import Sinks

/// Where rows go after their import, as the settings want it: each sink has a worker of its own, and none waits for another.
struct SinkService: Sendable {
    private let workers: [(worker: SinkWorker, name: String, calls: Wakening)]
    private let logger: Logger

    /// The longest that a sink rests which takes nothing.
    private static let longestRest = 300

    init(_ configuration: ControllerConfiguration, _ state: ControllerState, logger: Logger) throws {
        self.logger = logger
        var sinks: [any Sink] = []
        if let directory = configuration.fileSinkDirectory { sinks.append(FileSink(directory: directory)) }
        if let search = configuration.searchSink {
            let client = try HTTPClient(HTTPClient.Configuration(userAgent: "gatherer/\(Version.current)"))
            sinks.append(
                SearchSink(
                    .init(
                        address: search.address, authorization: Self.authorization(search),
                        authorityFile: search.authorityFile, prefix: search.prefix),
                    http: client, logger: logger))
        }
        if let job = configuration.job {
            let client = try HTTPClient(HTTPClient.Configuration(userAgent: "gatherer/\(Version.current)"))
            let login = job.login.map {
                "Basic \(Base64.standard.encode(Array("\($0.user):\($0.password.revealed)".utf8)))"
            }
            sinks.append(
                JobSink(
                    .init(
                        address: job.address, authorization: login, token: job.token?.revealed,
                        authorityFile: job.authorityFile, jira: job.jira),
                    http: client, logger: logger))
        }
        try Sinks.keep(sinks.map(\.name), in: state.store)
        workers = try sinks.map { sink in
            (
                try SinkWorker(
                    state.store, sink: sink, directory: "\(state.directory)/spool/sinks/\(sink.name)", logger: logger),
                sink.name, Wakening()
            )
        }
    }

    private static func authorization(_ search: SearchSinkConfiguration) -> String? {
        switch search.login {
        case .none: nil
        case .password(let user, let password):
            "Basic \(Base64.standard.encode(Array("\(user):\(password.revealed)".utf8)))"
        case .key(let key): "ApiKey \(key.revealed)"
        }
    }

    var isEmpty: Bool { workers.isEmpty }

    /// There may be something to take.
    func wake() { for (_, _, calls) in workers { calls.wake() } }

    /// Works until it is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for (worker, name, calls) in workers {
                group.addTask { [logger] in await Self.run(worker, name, calls, logger) }
            }
            await group.waitForAll()
        }
    }

    private static func run(_ worker: SinkWorker, _ name: String, _ calls: Wakening, _ logger: Logger) async {
        var rest = 1
        while !Task.isCancelled {
            do {
                _ = try await worker.drain()
                rest = 1
                await calls.wait()
            } catch is CancellationError {
                return
            } catch {
                logger.warning(
                    "a sink takes nothing; it is tried again",
                    [
                        "sink.name": .text(name), "sink.rest_seconds": .integer(rest), "error.text": .text("\(error)"),
                        "error.advice": .text((error as? SinkError)?.advice ?? ""),
                    ])
                do { try await ContinuousClock().sleep(for: .seconds(rest)) } catch { return }
                rest = min(longestRest, rest * 2)
            }
        }
    }
}
