import ControllerAPI
import Cryptography
import Fleet
import SQLite
import Synchronization
import TestSupport
import Testing
import Timestamps

@Suite struct FleetTests {
    private let directory: TemporaryDirectory
    private let clock = Clock()
    private let fleet: Fleet
    private let agent: AgentKey
    private let project: ProjectKey
    private let key: PublicKey

    /// A clock that tests move.
    private final class Clock: Sendable {
        private let seconds = Mutex(1_700_000_000)
        var now: Timestamp { Timestamp(seconds: seconds.withLock { $0 }) }
        func advance(_ count: Int) { seconds.withLock { $0 += count } }
    }

    init() throws {
        directory = try TemporaryDirectory()
        fleet = try Fleet("\(directory.path)/controller.sqlite", now: { [clock] in clock.now })
        agent = try AgentKey("DEMO")
        project = try ProjectKey("DEMO")
        key = try SigningKey.generate().publicKey
    }

    private func refusal(_ decision: RegistrationDecision) -> Refusal? {
        if case .refused(let refusal) = decision { return refusal }
        return nil
    }

    @Test func aTokenEnrolsOnceAndTheKeyCountsFromThenOn() async throws {
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

    @Test func refusesTokensThatAreWrongExpiredOrAnothers() async throws {
        let token = try await fleet.enrol(agent, for: [project], validity: .seconds(10))
        let other = try AgentKey("OTHER")
        #expect(refusal(try await fleet.register(agent, for: project, key: key, token: "enrol-x")) == .unknownToken)
        #expect(refusal(try await fleet.register(other, for: project, key: key, token: token)) == .unknownToken)
        clock.advance(10)
        #expect(refusal(try await fleet.register(agent, for: project, key: key, token: token)) == .expiredToken)
        #expect(try await fleet.agents().isEmpty)
    }

    @Test func aRefusalUsesNoToken() async throws {
        let token = try await fleet.enrol(agent, for: [project], validity: .seconds(10))
        let foreign = try ProjectKey("FOREIGN")
        #expect(refusal(try await fleet.register(agent, for: foreign, key: key, token: token)) == .notEntitled)
        guard case .accepted = try await fleet.register(agent, for: project, key: key, token: token) else {
            Issue.record("the token was used up")
            return
        }
    }

    @Test func withoutATokenAPersonDecides() async throws {
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

    @Test func saltsDifferByProjectAndOutliveTheProgram() async throws {
        let second = try ProjectKey("SECOND")
        let token = try await fleet.enrol(agent, for: [project, second], validity: .seconds(10))
        guard case .accepted(let one, _) = try await fleet.register(agent, for: project, key: key, token: token),
            case .accepted(let two, _) = try await fleet.register(agent, for: second, key: key, token: nil)
        else {
            Issue.record("not accepted")
            return
        }
        #expect(one.salt != two.salt && one.pepper != two.pepper && one.salt != one.pepper)
        let later = try Fleet("\(directory.path)/controller.sqlite", now: { [clock] in clock.now })
        guard case .accepted(one, _) = try await later.register(agent, for: project, key: key, token: nil) else {
            Issue.record("other salts")
            return
        }
        #expect(try await later.agents().map(\.projects) == [[project, second]])
    }

    @Test func neitherTokenNorSaltIsInTheAuditTrail() async throws {
        let token = try await fleet.enrol(agent, for: [project], validity: .seconds(10))
        _ = try await fleet.register(agent, for: project, key: key, token: token)
        let database = try Connection("\(directory.path)/controller.sqlite", .readOnly)
        let details = try database.all("SELECT event, detail FROM controller_audit") { row in
            (try row[0] as String, try row[1] as String?)
        }
        #expect(details.map(\.0) == ["token-issued", "registered"])
        #expect(details.compactMap(\.1) == ["DEMO"])
    }
}
