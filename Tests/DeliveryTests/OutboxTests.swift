import Bundles
import ControllerAPI
import Delivery
import Files
import Testing

@Suite struct OutboxTests {
    private let fixture: OutboxFixture
    private let project: ProjectKey

    init() throws {
        fixture = try OutboxFixture(limit: 250_000)
        project = try ProjectKey("DEMO")
    }

    @Test func removesWhatWasSealedButNeverEnqueued() async throws {
        let left = try fixture.bundle()
        let outbox = try await fixture.open()
        let directory = outbox.directory(for: left.identity)
        #expect(directory.hasSuffix("/DEMO/\(left.announcement.run)"))
        #expect(try Files.status(directory) == nil)
        #expect(try await outbox.entries().isEmpty)
        #expect(try await outbox.trackers(of: project).isEmpty)
        #expect(try await outbox.lastRun(of: project) == nil)
    }

    @Test func takesABundleAndMovesTheTrackersInOneStep() async throws {
        let outbox = try await fixture.open()
        let first = try fixture.bundle(at: 1_790_000_000)
        let second = try fixture.bundle(at: 1_790_000_001)
        try await outbox.enqueue(first, trackers: ["a.json": [1], "b.json": [2]])
        try await outbox.enqueue(second, trackers: ["a.json": [3]])
        #expect(try await outbox.trackers(of: project) == ["a.json": [3], "b.json": [2]])
        #expect(try await outbox.trackers(of: ProjectKey("OTHER")).isEmpty)
        #expect(try await outbox.lastRun(of: project) == second.announcement.run)
        #expect(try await outbox.waiting().map(\.bundle) == [first, second])
        #expect(try await outbox.waiting().map(\.state) == [.waiting, .waiting])

        await #expect(throws: OutboxError.self) { try await outbox.enqueue(first, trackers: ["a.json": [9]]) }
        #expect(try await outbox.trackers(of: project)["a.json"] == [3])
        #expect(try Files.status("\(fixture.configuration.directory)/DEMO/\(first.announcement.run)") != nil)

        try await outbox.resetTrackers(of: project)
        #expect(try await outbox.trackers(of: project).isEmpty)
    }

    @Test func keepsWhatWasEnqueuedWhenTheProcessEnds() async throws {
        var outbox: Outbox? = try await fixture.open()
        let bundle = try fixture.bundle()
        try await outbox?.enqueue(bundle, trackers: ["a.json": [1]])
        outbox = nil
        let next = try await fixture.open()
        #expect(try await next.waiting().map(\.bundle) == [bundle])
        #expect(try await next.trackers(of: project) == ["a.json": [1]])
        let files = try Files.list("\(fixture.configuration.directory)/DEMO/\(bundle.announcement.run)")
        #expect(files == ["001.cms", "002.cms"])
    }

    @Test func refusesBeyondItsLimitAndDropsNothing() async throws {
        let outbox = try await fixture.open()
        let first = try fixture.bundle(sizes: [200_000], at: 1_790_000_000)
        try await outbox.enqueue(first, trackers: ["a.json": [1]])
        try await outbox.requireRoom()
        let second = try fixture.bundle(sizes: [50_001], at: 1_790_000_001)
        await #expect {
            try await outbox.enqueue(second, trackers: ["a.json": [2]])
        } throws: {
            ($0 as? OutboxError)?.code == .full && ($0 as? OutboxError)?.advice != nil
        }
        #expect(try await outbox.waiting().map(\.bundle) == [first])
        #expect(try await outbox.trackers(of: project) == ["a.json": [1]])
        #expect(try Files.list("\(fixture.configuration.directory)/DEMO") == ["\(first.announcement.run)"])

        let third = try fixture.bundle(sizes: [50_000], at: 1_790_000_002)
        try await outbox.enqueue(third, trackers: [:])
        await #expect { try await outbox.requireRoom() } throws: { ($0 as? OutboxError)?.code == .full }
    }

    @Test func takesNoBundleWhosePartsAreNotThere() async throws {
        let outbox = try await fixture.open()
        let bundle = try fixture.bundle()
        let part = "\(fixture.configuration.directory)/DEMO/\(bundle.announcement.run)/002.cms"
        try Files.write([1], to: part)
        await #expect { try await outbox.enqueue(bundle, trackers: ["a.json": [1]]) } throws: {
            ($0 as? OutboxError)?.code == .incomplete
        }
        #expect(try await outbox.trackers(of: project).isEmpty)
    }

    @Test(arguments: [true, false])
    func saysWhatIsMissingAndLetsItBeGivenUp(isTruncated: Bool) async throws {
        var part = ""
        do {
            let outbox = try await fixture.open()
            let bundle = try fixture.bundle()
            part = try await outbox.enqueue(bundle, trackers: ["a.json": [1]]).directory + "/002.cms"
        }
        if isTruncated { try Files.write([1], to: part) } else { try Files.remove(part) }
        let outbox = try await fixture.open()
        #expect(try await outbox.waiting().isEmpty)
        let entry = try #require(try await outbox.entries().first)
        #expect(entry.state == .damaged && entry.lastFailure?.reason.contains("002.cms") == true)
        #expect(try Files.status(entry.directory) != nil)
        try await outbox.discardDamaged(entry.run)
        #expect(try await outbox.entries().isEmpty)
        #expect(try Files.status(entry.directory) == nil)
        await #expect(throws: OutboxError.self) { try await outbox.discardDamaged(entry.run) }
    }

    @Test func belongsToOneProcessButShowsItselfToAll() async throws {
        let outbox = try await fixture.open()
        let bundle = try fixture.bundle()
        try await outbox.enqueue(bundle, trackers: [:])
        await #expect { try await fixture.open() } throws: { ($0 as? OutboxError)?.code == .inUse }
        #expect(try await Outbox.entries(of: fixture.configuration).map(\.bundle) == [bundle])
        let nowhere = Outbox.Configuration(database: "/nowhere/db", directory: "/nowhere", limit: 1)
        #expect(try await Outbox.entries(of: nowhere).isEmpty)
    }
}
