import Glibc
import Testing

/// Every line of the manual's table of faults, brought about and run.
@Suite struct ExitCodeTests {
    @Test func everyLineHasItsTestAndEveryTestItsLine() {
        let names = FaultTable.rows.map(\.fault)
        #expect(names.count == Set(names).count && names.count > 30)
        let made = Set(Faults.ordinary.keys).union(Faults.mounted.keys).union(Faults.owned.keys)
        #expect(made == Set(names))
        // None may pass for success, unless nothing of the fault is looked at.
        #expect(
            FaultTable.rows.filter { $0.code == 0 }.map(\.fault) == ["the controller says not now, but is not asked"])
    }

    private func check(_ row: FaultTable.Row, _ faults: [String: Faults.Making]) async throws {
        let make = try #require(faults[row.fault])
        let place = try FaultyPlace()
        try await make(place)
        let ran = try place.run(row.command)
        #expect(ran.status == row.code, "\(row.fault): \(ran)")
        for fragment in row.fragments { #expect(ran.output.contains(fragment), "\(fragment) in \(row.fault): \(ran)") }
        withExtendedLifetime(place) {}
    }

    @Test(.timeLimit(.minutes(5)), arguments: FaultTable.rows.filter { Faults.ordinary[$0.fault] != nil })
    func theFaultIsTold(row: FaultTable.Row) async throws { try await check(row, Faults.ordinary) }

    @Test(
        .enabled(if: FaultyPlace.canMount, "needs the right to mount"),
        arguments: FaultTable.rows.filter { Faults.mounted[$0.fault] != nil })
    func theFaultOfTheDiskIsTold(row: FaultTable.Row) async throws { try await check(row, Faults.mounted) }

    @Test(
        .enabled(if: geteuid() == 0, "only root gives files away"),
        arguments: FaultTable.rows.filter { Faults.owned[$0.fault] != nil })
    func theFaultOfTheOwnerIsTold(row: FaultTable.Row) async throws { try await check(row, Faults.owned) }
}
