import Blocking
import ControllerAPI
import Cryptography
import Database
import Fleet
import Synchronization
import Testing
import Timestamps

/// A connection that only asks.
@Suite struct ReaderTests {
    @Test(arguments: FleetBench.Backend.allCases)
    func answersWhileSomebodyElseChangesSomething(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        try await bench.enrol(bench.agent, bench.key, bench.project)
        let reader = try Fleet(reading: bench.location)
        let store = try Store(bench.location)
        try store.execute("BEGIN")
        try store.execute("UPDATE controller_agents SET state = 'revoked'")
        let before = try #require(
            try await reader.standing(of: bench.agent, in: bench.project, generation: (0, nil)))
        #expect(before.record.state == .enrolled && before.record.projects == [bench.project] && before.isCurrent)
        #expect(before.project?.project == bench.project && before.networks == nil)
        #expect(try await reader.enrolledAgents().map(\.agent) == [bench.agent])
        try store.execute("COMMIT")
        #expect(try await reader.standing(of: bench.agent, in: nil, generation: nil)?.record.state == .revoked)
        #expect(try await reader.enrolledAgents().isEmpty)
    }

    @Test(arguments: FleetBench.Backend.allCases)
    func notesWhereAgentsWereSeen(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let other = try AgentKey("OTHER")
        try await bench.enrol(bench.agent, bench.key, bench.project)
        try await bench.enrol(other, try SigningKey.generate().publicKey, bench.project)
        let time = bench.clock.now
        try await bench.fleet.saw([
            bench.agent: Sighting(address: "192.0.2.1", version: "gatherer/0.1", at: time),
            other: Sighting(address: "192.0.2.2", version: nil, at: time),
        ])
        let agents = try await bench.fleet.agents()
        #expect(agents.map(\.address) == ["192.0.2.1", "192.0.2.2"])
        #expect(agents.map(\.seenAt) == [time.rfc3339, time.rfc3339])
        #expect(agents.map(\.projects) == [[bench.project], [bench.project]])
    }

    @Test func workIsDoneOnceForAllWhoWait() async throws {
        // The first time lasts until all others have asked.
        let count = Mutex(0)
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let work = SharedWork {
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number == 1 { for await _ in gate { break } }
            if number == 2 { throw CancellationError() }
        }
        let first = Task { try await work.run() }
        while count.withLock({ $0 }) == 0 { await Task.yield() }
        let others = (0..<5).map { _ in Task { try await work.run() } }
        // They are in line when the actor has answered a question behind theirs.
        while await work.waiters < 5 { await Task.yield() }
        opener.yield()
        try await first.value
        for other in others { await #expect(throws: CancellationError.self) { try await other.value } }
        #expect(count.withLock { $0 } == 2)
        try await work.run()
        #expect(count.withLock { $0 } == 3)
    }
}
