import Blocking
import Files
package import Forges
package import HTTP
import REST
import Synchronization
import TestSupport
import Timestamps

/// A hosting platform or a server about quality in Python that speaks the documented API of one, with faults on demand.
///
/// Everything in it is made up from numbers, with characters beyond ASCII and null wherever the documentation allows it.
package final class PlatformServer: Sendable {
    package enum Platform: String, Sendable {
        case gitHub, gitLab, azureDevOps, bigBoat, jenkins, qualityTime, sonarQube
    }

    package let port: String
    package let http: HTTPClient
    private let directory: TemporaryDirectory
    private let process: Peer
    private let now = Mutex(Timestamp(seconds: 1_900_000_000))
    private let slept = Mutex<[Duration]>([])

    /// - Parameter options: what the server has, e.g. `issues=250`; see the scripts.
    package init(_ platform: Platform, _ options: String = "") throws {
        directory = try TemporaryDirectory()
        let path = "\(directory.path)/server.py"
        let script =
            switch platform {
            case .gitHub: Self.gitHub
            case .gitLab: Self.gitLab
            case .azureDevOps: Self.azureDevOps
            case .bigBoat: Self.bigBoat
            case .jenkins: Self.jenkins
            case .qualityTime: Self.qualityTime
            case .sonarQube: Self.sonarQube
            }
        try Files.write(Array((Self.common + script + Self.main).utf8), to: path)
        process = try Peer("python3", ["-W", "ignore", path, options])
        port = try process.line()
        http = try HTTPClient(.init(userAgent: "test/1"))
    }

    package var address: String { "http://127.0.0.1:\(port)" }

    /// For sources: no wait takes any time.
    package var environment: RESTEnvironment {
        var environment = RESTEnvironment(http: http)
        environment.clock = RESTClock(
            now: { self.now.withLock(\.self) },
            sleep: { duration in
                try Task.checkCancellation()
                self.now.withLock { $0 = $0 + duration }
                self.slept.withLock { $0.append(duration) }
            }, chance: { 0.5 })
        return environment
    }

    /// How long was waited.
    package var sleeps: [Duration] { slept.withLock(\.self) }

    /// Changes how the server behaves from now on, e.g. `cut=7`; an empty text heals it.
    package func set(_ faults: String) async throws {
        _ = try await ask("/__set?\(faults)")
    }

    /// The requests since this was asked last: method, path and query, and the status that they got.
    package func requests() async throws -> [String] {
        String(decoding: try await ask("/__log"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Returns when a request is held, see the fault `hold`.
    package func waitForHeldRequest() async throws {
        _ = try await blocking { [process] _ in try process.line(containing: "held") }
    }

    private func ask(_ path: String) async throws -> [UInt8] {
        var request = try HTTPRequest(.get, address + path)
        request.transport = .plainAllowed
        return try await http.send(request).body
    }
}
