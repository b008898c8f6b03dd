import ControllerAPI
import Cryptography
import Database
import Fleet
import TestSupport
import Testing
import Timestamps

/// Everything that a fleet decides, on either store.
@Suite struct FleetTests {
    private func refusal(_ decision: RegistrationDecision) -> Refusal? {
        if case .refused(let refusal) = decision { return refusal }
        return nil
    }

    @Test(arguments: FleetBench.Backend.allCases) func aTokenEnrolsOnceAndTheKeyCountsFromThenOn(
        backend: FleetBench.Backend
    ) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let (fleet, agent, project, key) = (bench.fleet, bench.agent, bench.project, bench.key)
        let token = try await fleet.enrol(agent, for: [project], validity: .seconds(3600))
        guard case .accepted(let first, _) = try await fleet.register(agent, for: project, key: key, token: token)
        else {
            Issue.record("not accepted")
            return
        }
        guard case .accepted(let again, _) = try await fleet.register(agent, for: project, key: key, token: nil) else {
            Issue.record("not accepted again")
            return
        }
        #expect(first == again)
        #expect(try await fleet.key(of: agent) == key)
        let thief = try SigningKey.generate().publicKey
        #expect(refusal(try await fleet.register(agent, for: project, key: thief, token: token)) == .usedToken)
        #expect(refusal(try await fleet.register(agent, for: project, key: thief, token: nil)) == .anotherKey)
        #expect(try await fleet.key(of: agent) == key)
    }

    @Test(arguments: FleetBench.Backend.allCases) func refusesTokensThatAreWrongExpiredOrAnothers(
        backend: FleetBench.Backend
    ) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let (fleet, agent, project, key, clock) = (bench.fleet, bench.agent, bench.project, bench.key, bench.clock)
        let token = try await fleet.enrol(agent, for: [project], validity: .seconds(10))
        let other = try AgentKey("OTHER")
        #expect(refusal(try await fleet.register(agent, for: project, key: key, token: "enrol-x")) == .unknownToken)
        #expect(refusal(try await fleet.register(other, for: project, key: key, token: token)) == .unknownToken)
        clock.advance(10)
        #expect(refusal(try await fleet.register(agent, for: project, key: key, token: token)) == .expiredToken)
        #expect(try await fleet.agents().isEmpty)
    }

    @Test(arguments: FleetBench.Backend.allCases) func aRefusalUsesNoToken(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let (fleet, agent, project, key) = (bench.fleet, bench.agent, bench.project, bench.key)
        let token = try await fleet.enrol(agent, for: [project], validity: .seconds(10))
        let foreign = try ProjectKey("FOREIGN")
        #expect(refusal(try await fleet.register(agent, for: foreign, key: key, token: token)) == .notEntitled)
        guard case .accepted = try await fleet.register(agent, for: project, key: key, token: token) else {
            Issue.record("the token was used up")
            return
        }
    }

    @Test(arguments: FleetBench.Backend.allCases) func withoutATokenAPersonDecides(backend: FleetBench.Backend)
        async throws
    {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let (fleet, agent, project, key) = (bench.fleet, bench.agent, bench.project, bench.key)
        guard case .pending(key.fingerprint) = try await fleet.register(agent, for: project, key: key, token: nil)
        else {
            Issue.record("not pending")
            return
        }
        #expect(try await fleet.key(of: agent) == nil)
        try await fleet.approve(agent, for: [project])
        guard case .accepted = try await fleet.register(agent, for: project, key: key, token: nil) else {
            Issue.record("not accepted")
            return
        }
        try await fleet.revoke(agent)
        #expect(try await fleet.key(of: agent) == nil)
        #expect(refusal(try await fleet.register(agent, for: project, key: key, token: nil)) == .revoked)
        await #expect(throws: Refusal.unknownAgent) { try await fleet.revoke(AgentKey("NOBODY")) }
    }

    @Test(arguments: FleetBench.Backend.allCases) func saltsDifferByProjectAndOutliveTheProgram(
        backend: FleetBench.Backend
    ) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let (fleet, agent, project, key, clock) = (bench.fleet, bench.agent, bench.project, bench.key, bench.clock)
        let second = try ProjectKey("SECOND")
        let token = try await fleet.enrol(agent, for: [project, second], validity: .seconds(10))
        guard case .accepted(let one, _) = try await fleet.register(agent, for: project, key: key, token: token),
            case .accepted(let two, _) = try await fleet.register(agent, for: second, key: key, token: nil)
        else {
            Issue.record("not accepted")
            return
        }
        #expect(one.salt != two.salt && one.pepper != two.pepper && one.salt != one.pepper)
        let later = try Fleet(bench.location, now: { [clock] in clock.now })
        guard case .accepted(one, _) = try await later.register(agent, for: project, key: key, token: nil) else {
            Issue.record("other salts")
            return
        }
        #expect(try await later.agents().map(\.projects) == [[project, second]])
    }

    @Test(arguments: FleetBench.Backend.allCases) func neitherTokenNorSaltIsInTheAuditTrail(backend: FleetBench.Backend)
        async throws
    {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let (fleet, agent, project, key) = (bench.fleet, bench.agent, bench.project, bench.key)
        let token = try await fleet.enrol(agent, for: [project], validity: .seconds(10))
        _ = try await fleet.register(agent, for: project, key: key, token: token)
        let details = try Store(bench.location).all("SELECT event, detail FROM controller_audit ORDER BY event DESC") {
            row in
            (try row[0] as String, try row[1] as String?)
        }
        #expect(details.map(\.0) == ["token-issued", "registered"])
        #expect(details.compactMap(\.1) == ["DEMO"])
    }
}
