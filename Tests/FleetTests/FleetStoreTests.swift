import ControllerAPI
import Cryptography
import Database
import Fleet
import TestSupport
import Testing

/// Every statement that `FleetTests` does not come by, on either store.
@Suite struct FleetStoreTests {
    @Test(arguments: FleetBench.Backend.allCases) func keysComeAndGo(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let (fleet, agent, project) = (bench.fleet, bench.agent, bench.project)
        try await bench.enrol(agent, bench.key, project)
        let before = try await fleet.keyChanges()
        let next = try SigningKey.generate().publicKey
        try await fleet.rotate(agent, to: next)
        #expect(try await fleet.agent(agent)?.loginKeys.compactMap(\.signing) == [bench.key, next])
        #expect(try await fleet.keyChanges() > before)
        try await fleet.promoteKey(of: agent)
        #expect(try await fleet.key(of: agent) == next)
        #expect(try await fleet.sealingKeys(of: agent) == [next, bench.key])
        // Another agent cannot take it.
        let other = try AgentKey("OTHER")
        try await fleet.expect(next.fingerprint, of: other, for: [project])
        let taken = try await fleet.register(other, for: project, key: next)
        guard case .refused(.sharedKey(agent)) = taken else {
            Issue.record("\(taken)")
            return
        }
        try await fleet.expect(bench.key.fingerprint, of: other, for: [project])
        guard case .accepted = try await fleet.register(other, for: project, key: bench.key) else {
            Issue.record("the expected key is refused")
            return
        }
        try await fleet.ban(other)
        await #expect(throws: Refusal.banned) { try await fleet.approve(other, for: []) }
        await #expect(throws: Refusal.banned) { try await fleet.evict(other) }
        try await fleet.unban(other)
        try await fleet.evict(other)
        #expect(try await fleet.agent(other) == nil)
        #expect(try await fleet.sealingKeys(of: other).isEmpty)
    }

    @Test(arguments: FleetBench.Backend.allCases)
    func stateDirectoriesAreCounted(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let (fleet, agent, project) = (bench.fleet, bench.agent, bench.project)
        try await bench.enrol(agent, bench.key, project)
        func register(_ generation: Int, _ word: String) async throws -> RegistrationDecision {
            let lineage = StateLineage(generation: generation, word: word)
            return try await fleet.register(agent, for: project, key: bench.key, lineage: lineage, from: "192.0.2.7")
        }
        for generation in 0..<2 {
            guard
                case .accepted(_, generation: generation + 1) = try await register(
                    generation, "word-number-\(generation)-long")
            else {
                Issue.record("registration \(generation) is refused")
                return
            }
        }
        #expect(try await fleet.isCurrent(agent, generation: 2, word: nil))
        #expect(try await fleet.isCurrent(agent, generation: 1, word: "word-number-1-long"))
        #expect(try await !fleet.isCurrent(agent, generation: 1, word: nil))
        guard case .refused(.copiedState) = try await register(0 + 1, "another-word-of-a-copy") else {
            Issue.record("the copy is let in")
            return
        }
        #expect(try await fleet.agent(agent)?.copyAddress == "192.0.2.7")
        try await fleet.noteCopy(of: agent, at: "192.0.2.8")
        #expect(try await fleet.agents().first?.copyAddress == "192.0.2.8")
        try await fleet.approve(agent, for: [])
        #expect(try await fleet.agent(agent)?.copySeenAt == nil)
    }

    @Test(arguments: FleetBench.Backend.allCases)
    func anAgentThatWasAwayForAYearComesBackByItsKey(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        try await bench.enrol(bench.agent, bench.key, bench.project)
        try await bench.fleet.sawAgent(bench.agent, from: "192.0.2.1", version: "gatherer/0.1")
        bench.clock.advance(400 * 86400)
        guard case .accepted = try await bench.fleet.register(bench.agent, for: bench.project, key: bench.key) else {
            Issue.record("it is refused")
            return
        }
        #expect(try await bench.fleet.agent(bench.agent)?.version == "gatherer/0.1")
    }

    @Test(arguments: FleetBench.Backend.allCases)
    func agentsThatDoNotSignHaveTheKeyThatWasEntered(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let (fleet, agent, project) = (bench.fleet, bench.agent, bench.project)
        let key = LoginKey(bench.key)
        func register(_ key: LoginKey, _ acceptsUnknown: Bool = false) async throws -> RegistrationDecision {
            try await fleet.registerLegacy(agent, for: project, key: key, acceptsUnknown: acceptsUnknown)
        }
        guard case .refused(.unexpectedKey) = try await register(key) else {
            Issue.record("an unknown key is accepted")
            return
        }
        guard case .refused(.unknownProject) = try await register(key, true) else {
            Issue.record("it makes a project by asking for it")
            return
        }
        try await fleet.expect(key.fingerprint, of: agent, for: [project])
        guard case .accepted = try await register(key), case .accepted = try await register(key) else {
            Issue.record("the key is refused")
            return
        }
        guard case .refused(.anotherKey) = try await register(LoginKey(SigningKey.generate().publicKey)) else {
            Issue.record("another key is accepted")
            return
        }
        #expect(try await fleet.agent(agent)?.isLegacy == true)
    }

    @Test(arguments: FleetBench.Backend.allCases)
    func projectsAreGoverned(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let (fleet, agent, project) = (bench.fleet, bench.agent, bench.project)
        try await bench.enrol(agent, bench.key, project)
        let web = try ProjectKey("WEB")
        try await fleet.add([web], to: agent)
        #expect(try await fleet.projects().map(\.project) == [project, web])
        try await fleet.remove([web], from: agent)
        #expect(try await !fleet.isEntitled(agent, to: web))
        try await fleet.setLock(web, reason: "moves")
        #expect(try await fleet.project(web)?.lockReason == "moves")
        try await fleet.setLock(web, reason: nil)
        try await fleet.setSchedule(web, days: 3, driftMinutes: nil)
        try await fleet.allowNow(web)
        let found = try #require(try await fleet.project(web))
        #expect(found.days == 3 && found.lockedAt == nil && found.allowedAt != nil)
        let network = try #require(IPNetwork("192.0.2.0/24"))
        try await fleet.addNetwork(network, to: web, forVisitors: false)
        try await fleet.addNetwork(network, to: nil, forVisitors: true)
        #expect(try await fleet.networks().count == 2)
        #expect(try await fleet.networks(of: web) == [network])
        #expect(try await fleet.removeNetwork(network, from: web, forVisitors: false))
        #expect(try await fleet.networks(of: web) == nil)
        try await fleet.makeSharedSalts()
        #expect(try await fleet.salts(for: nil) != nil)
        #expect(try await fleet.salts(for: project) != nil)
        try await fleet.noteEncryption(by: agent, of: project)
        #expect(try await fleet.trackers(of: project).isEmpty)
        try await fleet.store(
            [DashboardFigure(name: "reliability", checkedAt: "2026-01-01 10:00:00", isOK: true, value: 0.5, max: 1)],
            of: project, source: "https://dashboard.example", from: agent)
        let events = try await fleet.auditTrail(of: agent, limit: 100).map(\.event)
        #expect(events.contains("registered") && events.contains("entitled"))
        #expect(try await fleet.auditTrail(limit: 1).count == 1)
    }

    @Test(arguments: FleetBench.Backend.allCases)
    func triggersAreTakenOnce(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let (fleet, agent, project) = (bench.fleet, bench.agent, bench.project)
        try await bench.enrol(agent, bench.key, project)
        #expect(try await fleet.trigger(project) == [agent])
        #expect(try await fleet.triggeredAgents() == [agent])
        let notice = try #require(try await fleet.takeTrigger(of: agent))
        #expect(notice.projects == [project])
        #expect(try await fleet.isTriggered(agent, for: project, by: notice.trigger))
        try await fleet.acknowledgeTriggers(of: agent, through: notice.trigger)
        #expect(try await fleet.takeTrigger(of: agent) == nil)
        #expect(try await fleet.triggeredAgents().isEmpty)
    }
}
