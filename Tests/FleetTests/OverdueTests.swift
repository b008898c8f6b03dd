import ControllerAPI
import Fleet
import Testing

@Suite struct OverdueTests {
    private static let day = 86400

    @Test(arguments: FleetBench.Backend.allCases)
    func aProjectIsOverdueAfterTwoPeriodsAndToldOfOnce(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        let (fleet, clock) = (bench.fleet, bench.clock)
        try await bench.enrol(bench.agent, bench.key, bench.project)
        let schedule = Schedule(days: 1, driftMinutes: 0)
        func changes() async throws -> OverdueChanges {
            try await fleet.changes(to: fleet.overdue(schedule, otherwiseAfter: 0))
        }
        clock.advance(2 * Self.day)
        #expect(try await changes().isEmpty)
        clock.advance(Self.day)
        let found = try await changes()
        #expect(found.overdue.map(\.project) == [bench.project] && found.over.isEmpty)
        #expect(found.overdue.first?.agents == [bench.agent])
        // Nobody was told yet.
        #expect(try await changes() == found)
        try await fleet.note(found)
        clock.advance(30 * Self.day)
        #expect(try await changes().isEmpty)
        // Somebody looks into it.
        try await fleet.setLock(bench.project, reason: "moves")
        let locked = try await changes()
        #expect(locked.overdue.isEmpty && locked.over == [bench.project])
        try await fleet.note(locked)
        try await fleet.setLock(bench.project, reason: nil)
        #expect(try await changes().overdue.count == 1)
        try await fleet.revoke(bench.agent)
        #expect(try await changes().isEmpty)
    }

    @Test(arguments: FleetBench.Backend.allCases)
    func withoutAScheduleTheDaysOfTheSettingCount(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        try await bench.enrol(bench.agent, bench.key, bench.project)
        let always = Schedule(days: 0, driftMinutes: 0)
        bench.clock.advance(100 * Self.day)
        #expect(try await bench.fleet.overdue(always, otherwiseAfter: 0).isEmpty)
        #expect(try await bench.fleet.overdue(always, otherwiseAfter: 100).isEmpty)
        #expect(try await bench.fleet.overdue(always, otherwiseAfter: 99).map(\.project) == [bench.project])
        // A period of its own counts before both.
        try await bench.fleet.setSchedule(bench.project, days: 60, driftMinutes: nil)
        #expect(try await bench.fleet.overdue(always, otherwiseAfter: 99).isEmpty)
    }

    @Test(arguments: FleetBench.Backend.allCases)
    func oneOfSeveralDoesTheWork(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        #expect(try await bench.fleet.claim("work", by: "one", for: 600))
        #expect(try await !bench.fleet.claim("work", by: "another", for: 600))
        #expect(try await bench.fleet.claim("work", by: "one", for: -600))
        #expect(try await bench.fleet.claim("work", by: "another", for: 600))
    }
}
