import ControllerAPI
import Cryptography
import Database
import Fleet
import Synchronization
import TestSupport
import Timestamps

/// A fleet in a store of its own, with an agent, a project and a clock to try it with.
final class FleetBench {
    enum Backend: String, CaseIterable {
        case sqlite
        case postgreSQL
    }

    /// A clock that tests move.
    final class Clock: Sendable {
        private let seconds = Mutex(1_700_000_000)
        var now: Timestamp { Timestamp(seconds: seconds.withLock { $0 }) }
        func advance(_ count: Int) { seconds.withLock { $0 += count } }
    }

    private let directory: TemporaryDirectory
    private let server: DatabaseServer?
    let location: StoreLocation
    let clock = Clock()
    let fleet: Fleet
    let agent: AgentKey
    let project: ProjectKey
    let key: PublicKey

    init(_ backend: Backend) throws {
        directory = try TemporaryDirectory()
        server = backend == .postgreSQL ? try DatabaseServer() : nil
        location = server.map { .server($0.address) } ?? .file("\(directory.path)/controller.sqlite")
        fleet = try Fleet(location, now: { [clock] in clock.now })
        agent = try AgentKey("DEMO")
        project = try ProjectKey("DEMO")
        key = try SigningKey.generate().publicKey
    }

    /// Enrols an agent for projects with a key.
    func enrol(_ agent: AgentKey, _ key: PublicKey, _ projects: ProjectKey...) async throws {
        let token = try await fleet.enrol(agent, for: projects, validity: .seconds(60))
        _ = try await fleet.register(agent, for: projects[0], key: key, token: token, from: "192.0.2.1")
    }
}
