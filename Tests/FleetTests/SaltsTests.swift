import ControllerAPI
import Cryptography
import Database
import Fleet
import Testing

/// Salts are encrypted where there is a key, and only whoever has it can make pseudonyms.
@Suite struct SaltsTests {
    private func stored(_ bench: FleetBench) throws -> [String] {
        let store = try Store(bench.location)
        return try store.all("SELECT salt || ' ' || pepper FROM controller_projects") { row in try row[0] as String }
            + store.all("SELECT salt || ' ' || pepper FROM controller_shared_salts") { row in try row[0] as String }
    }

    @Test(arguments: FleetBench.Backend.allCases)
    func plainOnesAreEncryptedWhenTheKeyAppears(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        try await bench.enrol(bench.agent, bench.key, bench.project)
        try await bench.fleet.makeSharedSalts()
        let before = try await [bench.fleet.salts(for: bench.project), bench.fleet.salts(for: nil)]
        #expect(try await bench.fleet.secureSalts() == 0)
        #expect(try stored(bench).allSatisfy { !$0.contains("box1:") })

        let key = try SecretBox(secret: "a key of an operator", purpose: Fleet.saltsPurpose)
        let secured = try Fleet(bench.location, saltsKey: key)
        #expect(try await secured.secureSalts() == 2)
        #expect(try await secured.secureSalts() == 0)
        #expect(try await [secured.salts(for: bench.project), secured.salts(for: nil)] == before)
        // New ones are encrypted from the start.
        let web = try ProjectKey("WEB")
        try await secured.add([web], to: bench.agent)
        #expect(try stored(bench).allSatisfy { $0.split(separator: " ").allSatisfy { $0.hasPrefix("box1:") } })
        #expect(try await secured.salts(for: web) != before[0])

        let wrong = try Fleet(
            bench.location, saltsKey: SecretBox(secret: "another key", purpose: Fleet.saltsPurpose))
        await #expect(throws: SaltsError.wrongKey) { try await wrong.secureSalts() }
        await #expect(throws: SaltsError.wrongKey) { _ = try await wrong.salts(for: web) }
        await #expect(throws: SaltsError.noKey) { try await bench.fleet.secureSalts() }
        await #expect(throws: SaltsError.noKey) { _ = try await bench.fleet.salts(for: nil) }
        // Who moves them from one project to another gets nothing out.
        try Store(bench.location).execute(
            """
            UPDATE controller_projects SET salt = (SELECT salt FROM controller_projects WHERE project = 'DEMO')
            WHERE project = 'WEB'
            """)
        await #expect(throws: SaltsError.wrongKey) { _ = try await secured.salts(for: web) }
    }

    @Test(arguments: FleetBench.Backend.allCases)
    func anotherKeyOpensTheSameSalts(backend: FleetBench.Backend) async throws {
        let bench = try FleetBench(backend)
        defer { withExtendedLifetime(bench) {} }
        try await bench.enrol(bench.agent, bench.key, bench.project)
        try await bench.fleet.makeSharedSalts()
        let before = try await [bench.fleet.salts(for: bench.project), bench.fleet.salts(for: nil)]
        let first = try SecretBox(secret: "a key of an operator", purpose: Fleet.saltsPurpose)
        let second = try SecretBox(secret: "the key after it", purpose: Fleet.saltsPurpose)
        // Salts in the clear are encrypted at once.
        #expect(try await bench.fleet.rekeySalts(with: first) == 2)
        let fleet = try Fleet(bench.location, saltsKey: first)
        #expect(try await fleet.rekeySalts(with: second) == 2)
        await #expect(throws: SaltsError.wrongKey) { _ = try await fleet.salts(for: bench.project) }
        let changed = try stored(bench)
        await #expect(throws: SaltsError.wrongKey) { try await fleet.rekeySalts(with: first) }
        #expect(try stored(bench) == changed)
        let after = try Fleet(bench.location, saltsKey: second)
        #expect(try await [after.salts(for: bench.project), after.salts(for: nil)] == before)
    }
}
