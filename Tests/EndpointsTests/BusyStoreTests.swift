import ControllerAPI
import Fleet
import SQLite
import Testing

/// While something else changes the store, e.g. a bundle is imported.
@Suite struct BusyStoreTests {
    @Test func statusIsToldAtOnce() async throws {
        let house = try Gatehouse()
        let demo = try await house.agent("DEMO", "DEMO")
        let other = try Connection(house.database)
        try other.execute("BEGIN IMMEDIATE")
        let answer = try await house.send("GET", "/auth/status", "project=DEMO&agent=DEMO", as: demo)
        #expect(answer.status == 200, "\(answer.text)")
        // A write would have waited for this, and then given up.
        #expect(try await house.fleet.agent(AgentKey("DEMO"))?.seenAt == nil)
        try other.execute("ROLLBACK")
        // That the agent was seen is noted as soon as it can be.
        while try await house.fleet.agent(AgentKey("DEMO"))?.seenAt == nil {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(house.log.all.isEmpty)
    }

    @Test func whoIsShutOutIsRefusedAtOnce() async throws {
        let house = try Gatehouse()
        let demo = try await house.agent("DEMO", "DEMO")
        #expect(try await house.send("GET", "/auth/status", "project=DEMO&agent=DEMO", as: demo).status == 200)
        try await house.fleet.revoke(AgentKey("DEMO"))
        #expect(try await house.send("GET", "/auth/status", "project=DEMO&agent=DEMO", as: demo).status == 403)
    }
}
