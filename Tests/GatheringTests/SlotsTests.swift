import Gathering
import Testing

@Suite struct SlotsTests {
    private actor Counter {
        private var busy = 0
        private(set) var most = 0
        private(set) var done = 0

        func begin() {
            busy += 1
            most = max(most, busy)
        }

        func end() {
            busy -= 1
            done += 1
        }
    }

    @Test func neverMoreAreBusyThanThereAreSlots() async throws {
        let slots = Slots(3)
        let counter = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await slots.occupy {
                        await counter.begin()
                        await Task.yield()
                        await counter.end()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await counter.most <= 3)
        #expect(await counter.done == 100)
    }

    @Test func whoIsCancelledWaitsNoLongerAndTakesNothing() async throws {
        let slots = Slots(1)
        let waiting = try await slots.occupy {
            let waiting = Task { try await slots.occupy { true } }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            return waiting
        }
        #expect(waiting.isCancelled)
        #expect(try await slots.occupy { 1 } == 1)
    }

    @Test func whatThrowsGivesItsSlotBack() async throws {
        struct Fault: Error {}
        let slots = Slots(1)
        await #expect(throws: Fault.self) { try await slots.occupy { throw Fault() } }
        #expect(try await slots.occupy { 2 } == 2)
    }
}
