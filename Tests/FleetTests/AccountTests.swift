import Cryptography
import Database
import Fleet
import Testing

@Suite struct AccountTests {
    private func hash(_ text: String) throws -> PasswordHash { try PasswordHash(of: Array(text.utf8), cost: .low) }

    @Test(arguments: FleetBench.Backend.allCases) func accountsComeAndGo(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let fleet = bench.fleet
        let (anna, ben) = (try AccountName("anna"), try AccountName("ben@example.org"))
        try await fleet.addAccount(ben, .viewer, password: hash("one"))
        try await fleet.addAccount(anna, .admin, password: hash("two"))
        await #expect(throws: AccountError.exists) { try await fleet.addAccount(anna, .viewer, password: hash("x")) }
        #expect(try await fleet.accounts().map(\.name) == [anna, ben])
        #expect(try await fleet.account(anna)?.role == .admin)
        #expect(try await fleet.passwordHash(of: anna)?.matches(Array("two".utf8)) == true)

        await #expect(throws: AccountError.lastAdmin) { try await fleet.removeAccount(anna) }
        await #expect(throws: AccountError.lastAdmin) { try await fleet.setRole(.viewer, of: anna) }
        try await fleet.setRole(.admin, of: ben)
        try await fleet.removeAccount(anna)
        await #expect(throws: AccountError.unknown) { try await fleet.removeAccount(anna) }
        await #expect(throws: AccountError.unknown) { try await fleet.setPassword(hash("x"), of: anna) }
        await #expect(throws: AccountError.unknown) { try await fleet.setRole(.viewer, of: anna) }
        #expect(try await fleet.accounts().map(\.name) == [ben])

        let events = try await fleet.auditTrail(limit: 100).map { "\($0.event) \($0.detail ?? "")" }
        #expect(
            events == [
                "account-removed anna", "account-role-set ben@example.org admin", "account-added anna admin",
                "account-added ben@example.org viewer",
            ])
    }

    @Test(arguments: FleetBench.Backend.allCases)
    func sessionsEndWithLogoutPasswordAccountAndTime(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let fleet = bench.fleet
        let (anna, ben) = (try AccountName("anna"), try AccountName("ben"))
        var password = try hash("one")
        try await fleet.addAccount(anna, .admin, password: password)
        try await fleet.addAccount(ben, .viewer, password: password)
        func open(_ name: AccountName) async throws -> String {
            try #require(try await fleet.openSession(of: name, password: password))
        }
        let (first, second, other) = (try await open(anna), try await open(anna), try await open(ben))
        let session = try #require(try await fleet.session(first))
        #expect(session.account == anna && session.role == .admin && session.formToken.utf8.count == 32)
        #expect(try await fleet.session(second)?.formToken != session.formToken)
        #expect(try await fleet.session("") == nil)
        #expect(try await fleet.session(String(first.dropLast())) == nil)

        try await fleet.closeSession(first)
        #expect(try await fleet.session(first) == nil)
        #expect(try await fleet.session(second) != nil)

        let former = password
        password = try hash("another")
        try await fleet.setPassword(password, of: anna)
        #expect(try await fleet.session(second) == nil)
        #expect(try await fleet.session(other)?.role == .viewer)
        // The password was changed while somebody waited for the comparison with the one of before.
        #expect(try await fleet.openSession(of: anna, password: former) == nil)

        try await fleet.removeAccount(ben)
        #expect(try await fleet.session(other) == nil)

        let third = try await open(anna)
        bench.clock.advance(Int(Fleet.sessionLife.components.seconds) - 1)
        #expect(try await fleet.session(third) != nil)
        bench.clock.advance(1)
        #expect(try await fleet.session(third) == nil)
    }

    @Test(arguments: FleetBench.Backend.allCases)
    func theAuditTrailHasTheAccount(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let fleet = bench.fleet
        let anna = try AccountName("anna")
        try await bench.enrol(bench.agent, bench.key, bench.project)
        try await Fleet.$account.withValue(anna) { _ = try await fleet.revoke(bench.agent) }
        let newest = try #require(try await fleet.auditTrail(limit: 1).first)
        #expect(newest.event == "revoked" && newest.account == "anna")
        #expect(try await fleet.auditTrail(limit: 2).last?.account == nil)
        // A password that was typed in the place of the name is noted nowhere.
        try await fleet.noteWrongPassword(of: AccountName("correct-horse"), from: "192.0.2.1")
        #expect(try await fleet.auditTrail(limit: 1).first?.event == "revoked")
        try await fleet.addAccount(anna, .admin, password: hash("one"))
        try await fleet.noteWrongPassword(of: anna, from: "192.0.2.1")
        #expect(try await fleet.auditTrail(limit: 1).first?.detail == "anna 192.0.2.1")
    }

    @Test(arguments: ["", "Anna", "anna smith", "-anna", "ann\u{E4}", "a/b", "<b>", String(repeating: "a", count: 65)])
    func refusesWhatIsNoName(text: String) {
        #expect(throws: AccountError.badName) { _ = try AccountName(text) }
    }

    @Test(arguments: [
        ("short", AccountError.shortPassword), ("elevenchars", .shortPassword), ("aaaaaaaaaaaaaaaa", .plainPassword),
        ("my-name-is-Anna!", .plainPassword), ("with a\ttabulator", .plainPassword),
        (String(repeating: "abcd", count: 65), .longPassword),
    ]) func refusesAWeakPassword(text: String, error: AccountError) throws {
        let name = try AccountName("anna")
        #expect(throws: error) { _ = try AccountPassword(text, of: name) }
    }
}
