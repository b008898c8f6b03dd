import Bundles
import ControllerAPI
import ControllerClient
import Cryptography
import Delivery
import Files
import SFTP
import TestSupport
import Testing

@Suite struct CourierTests {
    @Test func deliversAndForgetsOnTheReceiptOnly() async throws {
        let fixture = try CourierFixture()
        let outbox = try await fixture.outboxes.open()
        let bundle = try fixture.outboxes.bundle()
        let entry = try await outbox.enqueue(bundle, trackers: [:])
        try fixture.answer(try fixture.receipt(bundle))
        let seen = ProgressLog()
        let report = try await fixture.courier(outbox).deliver { seen.add($0) }
        #expect(report.isComplete && report.delivered.map(\.run) == [entry.run] && report.bytes == 100_000)
        #expect(try fixture.uploaded(bundle) == ["001.cms": 70_000, "002.cms": 30_000])
        #expect(seen.values.last?.uploaded == 100_000 && seen.values.last?.total == 100_000)
        #expect(try await outbox.waiting().isEmpty)
        #expect(try Files.status(entry.directory) == nil)
        guard case .delivered = try await outbox.entries().first?.state else {
            Issue.record("not delivered")
            return
        }
        let request = try #require(try fixture.controller.requests().first)
        #expect(request.query == "project=DEMO")
        let sent = try ExportNotification(fields: FormFields(body: Array(request.body.utf8)))
        #expect(sent.files?.bundle == bundle.announcement && sent.agent?.key == "AGENT")
        #expect(fixture.clock.sleeps.isEmpty)
    }

    @Test func triesAgainWhileTheControllerIsInTrouble() async throws {
        let fixture = try CourierFixture()
        let outbox = try await fixture.outboxes.open()
        let bundle = try fixture.outboxes.bundle()
        let entry = try await outbox.enqueue(bundle, trackers: [:])
        try fixture.answer((503, "busy"), (500, "oops"), try fixture.receipt(bundle))
        let report = try await fixture.courier(outbox).deliver()
        #expect(report.isComplete && fixture.clock.sleeps.count == 2)
        // The controller asked for 7 s.
        #expect(fixture.clock.sleeps.allSatisfy { $0 >= .seconds(7) && $0 <= .seconds(60) })
        #expect(try await outbox.entries().first { $0.run == entry.run }?.attempts == 2)
    }

    @Test func leavesItWaitingWhenTheTriesAreUsedUpAndGoesOnNextTime() async throws {
        let fixture = try CourierFixture()
        let (bundle, other): (SealedBundle, SealedBundle)
        do {
            let outbox = try await fixture.outboxes.open()
            bundle = try fixture.outboxes.bundle()
            other = try fixture.outboxes.bundle("OTHER")
            try await outbox.enqueue(bundle, trackers: [:])
            try await outbox.enqueue(other, trackers: [:])
            try fixture.answer((503, "busy"))
            let report = try await fixture.courier(outbox).deliver()
            #expect(report.delivered.isEmpty && report.untried == 1 && fixture.clock.sleeps.count == 2)
            let failure = try #require(report.failures.first)
            #expect(failure.run == bundle.announcement.run && !failure.isPermanent && failure.reason.contains("busy"))
            let entry = try #require(try await outbox.waiting().first)
            #expect(entry.attempts == 3 && entry.lastFailure?.reason == failure.reason && entry.progress == .uploaded)
        }
        // What was uploaded is not uploaded again.
        let path = "\(fixture.home)/export/DEMO/\(bundle.announcement.run)/001.cms"
        try Files.write([UInt8](repeating: 0, count: 70_000), to: path)
        try fixture.answer(try fixture.receipt(bundle), try fixture.receipt(other))
        let outbox = try await fixture.outboxes.open()
        let report = try await fixture.courier(outbox).deliver()
        #expect(report.isComplete && report.delivered.count == 2)
        #expect(try Files.read(path).allSatisfy { $0 == 0 })
    }

    @Test(arguments: [403, 409, 422])
    func tellsARefusalAndGoesOnWithOtherProjects(status: Int) async throws {
        let fixture = try CourierFixture()
        let outbox = try await fixture.outboxes.open()
        let refused = try fixture.outboxes.bundle("A", at: 1_790_000_000)
        let later = try fixture.outboxes.bundle("A", at: 1_790_000_001)
        let other = try fixture.outboxes.bundle("B")
        for bundle in [refused, later, other] { try await outbox.enqueue(bundle, trackers: [:]) }
        try fixture.answer((status, "not\u{7} you"), try fixture.receipt(other))
        let report = try await fixture.courier(outbox).deliver()
        #expect(report.delivered.map(\.project.text) == ["B"] && report.untried == 1)
        let failure = try #require(report.failures.first)
        #expect(failure.isPermanent && failure.reason.contains("not you") && fixture.clock.sleeps.isEmpty)
        #expect(try await outbox.waiting().map(\.bundle) == [refused, later])
        #expect(try await outbox.waiting().first?.lastFailure?.isPermanent == true)
        #expect(try await outbox.waiting().first?.progress == (status == 422 ? .rejected : .uploaded))
    }

    @Test func uploadsAnewWhatWasRejected() async throws {
        let fixture = try CourierFixture()
        let outbox = try await fixture.outboxes.open()
        let bundle = try fixture.outboxes.bundle()
        try await outbox.enqueue(bundle, trackers: [:])
        try fixture.answer((422, "part 001.cms is damaged"))
        #expect(try await fixture.courier(outbox).deliver().failures.count == 1)
        let path = "\(fixture.home)/export/DEMO/\(bundle.announcement.run)/001.cms"
        try Files.write([UInt8](repeating: 0, count: 70_000), to: path)
        try fixture.answer(try fixture.receipt(bundle))
        #expect(try await fixture.courier(outbox).deliver().isComplete)
        #expect(try Files.read(path) == [UInt8](repeating: 1, count: 70_000))
    }

    @Test func asksForALostReceiptBeforeUploadingAgain() async throws {
        let fixture = try CourierFixture(RetryPolicy(tries: 1))
        let outbox = try await fixture.outboxes.open()
        let bundle = try fixture.outboxes.bundle()
        try await outbox.enqueue(bundle, trackers: [:])
        try fixture.answer((500, "crashed after it took the parts"))
        #expect(try await fixture.courier(outbox).deliver().failures.count == 1)
        try Files.removeTree("\(fixture.home)/export")
        try fixture.answer(try fixture.receipt(bundle))
        #expect(try await fixture.courier(outbox).deliver().isComplete)
        #expect(try fixture.uploaded(bundle).isEmpty)
    }

    @Test func uploadsAgainWhatTheControllerLost() async throws {
        let fixture = try CourierFixture(RetryPolicy(tries: 1))
        let outbox = try await fixture.outboxes.open()
        let bundle = try fixture.outboxes.bundle()
        try await outbox.enqueue(bundle, trackers: [:])
        try fixture.answer((500, "disk broken"))
        #expect(try await fixture.courier(outbox).deliver().failures.count == 1)
        try Files.removeTree("\(fixture.home)/export")
        try fixture.answer((404, "no such upload"), try fixture.receipt(bundle))
        #expect(try await fixture.courier(outbox).deliver().isComplete)
        #expect(try fixture.uploaded(bundle).count == 2)
    }

    @Test func continuesAPartThatStoppedMidway() async throws {
        let fixture = try CourierFixture()
        let outbox = try await fixture.outboxes.open()
        let bundle = try fixture.outboxes.bundle()
        try await outbox.enqueue(bundle, trackers: [:])
        let directory = "\(fixture.home)/export/DEMO/\(bundle.announcement.run)"
        try Files.makeDirectory(directory)
        try Files.write([UInt8](repeating: 0, count: 60_000), to: "\(directory)/001.cms.part")
        try fixture.answer(try fixture.receipt(bundle))
        #expect(try await fixture.courier(outbox).deliver().isComplete)
        #expect(try Files.read("\(directory)/001.cms").prefix(60_000).allSatisfy { $0 == 0 })
        #expect(try fixture.uploaded(bundle) == ["001.cms": 70_000, "002.cms": 30_000])
    }

    @Test func believesNoReceiptThatIsNotTheControllersForThisBundle() async throws {
        let fixture = try CourierFixture()
        let outbox = try await fixture.outboxes.open()
        let bundle = try fixture.outboxes.bundle(at: 1_790_000_000)
        let other = try fixture.outboxes.bundle(at: 1_790_000_001)
        let entry = try await outbox.enqueue(bundle, trackers: [:])
        for answer in [try fixture.receipt(bundle, by: .generate()), try fixture.receipt(other)] {
            try fixture.answer(answer)
            let report = try await fixture.courier(outbox).deliver()
            #expect(report.failures.first?.isPermanent == true && report.delivered.isEmpty)
        }
        try fixture.answer((202, ""))
        #expect(try await fixture.courier(outbox).deliver().failures.first?.isPermanent == false)
        #expect(try await outbox.waiting().map(\.run) == [entry.run])
        #expect(try Files.list(entry.directory) == ["001.cms", "002.cms"])
    }

    @Test func uploadsNothingToAServerWithAnotherHostKey() async throws {
        let fixture = try CourierFixture()
        let outbox = try await fixture.outboxes.open()
        let bundle = try fixture.outboxes.bundle()
        try await outbox.enqueue(bundle, trackers: [:])
        let pinned = try SecureShellKey(in: fixture.outboxes.directory).publicKey
        let courier = try fixture.courier(outbox, hostKeys: [pinned])
        let failure = try #require(try await courier.deliver().failures.first)
        #expect(failure.isPermanent && failure.reason.contains("SHA256:") && failure.advice != nil)
        #expect(try fixture.controller.requests().isEmpty && fixture.clock.sleeps.isEmpty)
        #expect(try fixture.uploaded(bundle).isEmpty)
    }

    @Test func waitsLongerEachTimeForAServerThatIsAway() async throws {
        let fixture = try CourierFixture(
            RetryPolicy(tries: 6, firstPause: .seconds(2), longestPause: .seconds(10)))
        let outbox = try await fixture.outboxes.open()
        try await outbox.enqueue(try fixture.outboxes.bundle(), trackers: [:])
        fixture.server.kill()
        let report = try await fixture.courier(outbox).deliver()
        #expect(report.failures.count == 1 && report.failures.first?.isPermanent == false)
        let longest: [Duration] = [.seconds(2), .seconds(4), .seconds(8), .seconds(10), .seconds(10)]
        #expect(fixture.clock.sleeps.count == 5)
        for (pause, limit) in zip(fixture.clock.sleeps, longest) { #expect(pause <= limit && pause >= limit * 0.5) }
    }

    @Test func reportsPartsThatVanish() async throws {
        let fixture = try CourierFixture()
        let outbox = try await fixture.outboxes.open()
        let bundle = try fixture.outboxes.bundle()
        let entry = try await outbox.enqueue(bundle, trackers: [:])
        try Files.remove("\(entry.directory)/002.cms")
        let report = try await fixture.courier(outbox).deliver()
        #expect(report.failures.first?.isPermanent == true)
        #expect(try await outbox.entries().map(\.state) == [.damaged])
        #expect(try fixture.controller.requests().isEmpty)
    }

    @Test func aCrashBeforeThePartsAreRemovedLeavesNothingBehind() async throws {
        let fixture = try CourierFixture()
        var directory = ""
        do {
            let outbox = try await fixture.outboxes.open()
            let bundle = try fixture.outboxes.bundle()
            directory = try await outbox.enqueue(bundle, trackers: [:]).directory
            try fixture.answer(try fixture.receipt(bundle))
            #expect(try await fixture.courier(outbox).deliver().isComplete)
        }
        // As if the process had ended between storing the receipt and removing the files.
        try Files.makeDirectory(directory)
        try Files.write([1], to: "\(directory)/001.cms")
        let outbox = try await fixture.outboxes.open()
        #expect(try await outbox.waiting().isEmpty)
        #expect(try Files.status(directory) == nil)
    }

    @Test func endsWhenItsTaskIsCancelled() async throws {
        let fixture = try CourierFixture()
        let outbox = try await fixture.outboxes.open()
        let bundle = try fixture.outboxes.bundle(sizes: [9_000_000])
        try await outbox.enqueue(bundle, trackers: [:])
        let courier = try fixture.courier(outbox)
        let task = Task {
            try await courier.deliver { _ in unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let entry = try #require(try await outbox.waiting().first)
        #expect(entry.attempts == 0 && entry.lastFailure == nil)
        try fixture.answer(try fixture.receipt(bundle))
        #expect(try await courier.deliver().isComplete)
    }
}
