import ControllerAPI
import ControllerClient
import Cryptography
import HTTP
import Logging
import Synchronization
import TestSupport
import Testing
import Triggers

/// Against a web server that speaks the controller's part.
@Suite struct TriggerListenerTests {
    private let directory: TemporaryDirectory
    private let controller: ScriptedController
    private let client: ControllerClient

    init() throws {
        directory = try TemporaryDirectory()
        controller = try ScriptedController(in: directory)
        client = try ControllerClient(
            controller.address, trust: .certificate(file: controller.certificate.certificate),
            agent: AgentKey("DEMO"), key: SigningKey.generate(),
            http: HTTPClient(HTTPClient.Configuration(userAgent: "test")))
    }

    /// A clock on which waiting takes no time, and which remembers what was waited for.
    private final class QuickClock: Clock {
        typealias Instant = ContinuousClock.Instant
        private let waits = Mutex<[Duration]>([])
        var now: Instant { .now }
        var minimumResolution: Duration { .zero }
        var waited: [Duration] { waits.withLock { $0 } }

        func sleep(until deadline: Instant, tolerance: Duration?) async throws {
            waits.withLock { $0.append(deadline - .now) }
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    /// The wishes that were taken.
    private final class Taken: Sendable {
        private let notices = Mutex<[TriggerNotice]>([])
        func add(_ notice: TriggerNotice) { notices.withLock { $0.append(notice) } }
        var all: [TriggerNotice] { notices.withLock { $0 } }
    }

    /// Listens until the test has seen enough.
    private func listen(
        _ clock: QuickClock = QuickClock(),
        until isEnough: @escaping @Sendable (TriggerListener, [TriggerNotice]) -> Bool
    ) async -> [TriggerNotice] {
        let listener = TriggerListener(client, logger: Logger([]), clock: clock)
        let taken = Taken()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await listener.run { taken.add($0) } }
            while !isEnough(listener, taken.all) { await Task.yield() }
            group.cancelAll()
        }
        return taken.all
    }

    @Test func takesEachWishOnceAndAcknowledgesIt() async throws {
        try controller.answer(
            "/auth/wait",
            [
                (204, ""), (200, #"{"trigger":4,"projects":["DEMO"]}"#),
                (200, #"{"trigger":9,"projects":["DEMO","OTHER"]}"#), (204, ""),
            ])
        let notices = await listen { _, notices in notices.count == 2 }
        #expect(notices.map(\.trigger) == [4, 9])
        #expect(notices.last?.projects.map(\.text) == ["DEMO", "OTHER"])
        let queries = try controller.requests().map(\.query)
        #expect(Array(queries.prefix(3)) == ["agent=DEMO", "agent=DEMO", "agent=DEMO&after=4"])
        #expect(queries.dropFirst(3).allSatisfy { $0 == "agent=DEMO&after=9" })
        let signed = try controller.requests().allSatisfy { request in
            request.headers.contains { $0.first?.lowercased() == "signature" }
        }
        #expect(signed)
    }

    @Test func aControllerThatKnowsNoSuchQuestionIsLeftAloneForAnHour() async throws {
        let clock = QuickClock()
        _ = await listen(clock) { listener, _ in listener.state == .unsupported && !clock.waited.isEmpty }
        #expect(try #require(clock.waited.first) > .seconds(3590))
    }

    @Test func pausesGrowWhileTheControllerIsInTrouble() async throws {
        try controller.answer("/auth/wait", [(500, "broken")])
        let clock = QuickClock()
        _ = await listen(clock) { _, _ in clock.waited.count >= 12 }
        // What the controller asks for, 7 s, is the least.
        #expect(clock.waited.prefix(2).allSatisfy { $0 > .seconds(6) })
        #expect(clock.waited.allSatisfy { $0 <= .seconds(300) })
        #expect(try #require(clock.waited.last) > .seconds(149))
    }

    @Test func comesBackWhenTheControllerDoes() async throws {
        try controller.answer("/auth/wait", [(503, "busy"), (200, #"{"trigger":1,"projects":["DEMO"]}"#), (204, "")])
        let notices = await listen { listener, notices in notices.count == 1 && listener.state == .waiting }
        #expect(notices.map(\.trigger) == [1])
    }

    /// A wish that could not be kept is not acknowledged: the controller tells it again.
    @Test func whatCannotBeTakenIsNotAcknowledged() async throws {
        struct Full: Error {}
        try controller.answer("/auth/wait", [(200, #"{"trigger":4,"projects":["DEMO"]}"#)])
        let clock = QuickClock()
        let listener = TriggerListener(client, logger: Logger([]), clock: clock)
        let offers = Taken()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await listener.run { notice in
                    offers.add(notice)
                    if offers.all.count < 3 { throw Full() }
                }
            }
            while offers.all.count < 4 { await Task.yield() }
            group.cancelAll()
        }
        #expect(offers.all.allSatisfy { $0.trigger == 4 })
        let queries = try controller.requests().map(\.query)
        #expect(queries.prefix(3).allSatisfy { $0 == "agent=DEMO" })
        #expect(queries.dropFirst(3).first == "agent=DEMO&after=4")
        // At least a second: the pauses after failures, not the least one between answers.
        #expect(clock.waited.prefix(2).allSatisfy { $0 > .milliseconds(900) })
    }

    @Test func anAnswerThatIsNoneIsAFailureAndNoEndlessLoop() async throws {
        try controller.answer("/auth/wait", [(200, #"{"trigger":0,"projects":[]}"#)])
        let clock = QuickClock()
        let notices = await listen(clock) { _, _ in clock.waited.count >= 3 }
        #expect(notices == [])
        #expect(clock.waited.allSatisfy { $0 >= .milliseconds(900) })
    }
}
