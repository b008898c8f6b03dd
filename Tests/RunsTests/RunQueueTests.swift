import ControllerAPI
import Runs
import Synchronization
import Testing

@Suite struct RunQueueTests {
    private typealias Wish = RunQueue.Wish

    private static func demo() throws -> ProjectKey { try ProjectKey("DEMO") }

    @Test func grantsOneWishAfterTheOther() async throws {
        let queue = RunQueue()
        let granted = Mutex<[RunCause]>([])
        #expect(await queue.offer(Wish(.schedule)) == .begins)
        #expect(await queue.offer(Wish(.trigger, projects: [try Self.demo()], trigger: 1)) == .waits)
        await queue.serve { wish in
            granted.withLock { $0.append(wish.cause) }
            if wish.cause == .trigger { await queue.close() }
        }
        #expect(granted.withLock { $0 } == [.schedule, .trigger])
    }

    @Test func whatComesMeanwhileWaitsOrIsLeftOut() async throws {
        let queue = RunQueue()
        _ = await queue.offer(Wish(.schedule))
        let answers = Mutex<[RunQueue.Acceptance]>([])
        await queue.serve { wish in
            guard wish.cause == .schedule else { return await queue.close() }
            let found = [
                await queue.offer(Wish(.schedule)), await queue.offer(Wish(.request)),
                await queue.offer(Wish(.trigger, trigger: 7)), await queue.offer(Wish(.trigger, trigger: 7)),
                await queue.offer(Wish(.trigger, trigger: 8)),
            ]
            answers.withLock { $0 = found }
            #expect(await queue.current == wish)
        }
        #expect(answers.withLock { $0 } == [.leftOut, .leftOut, .waits, .leftOut, .leftOut])
    }

    /// However often a controller asks, one wish waits: the latest, whose number it wants acknowledged.
    @Test func manyTriggersAreOneWish() async throws {
        let queue = RunQueue()
        _ = await queue.offer(Wish(.schedule))
        let granted = Mutex<[Int?]>([])
        let projects = [try ProjectKey("DEMO"), try ProjectKey("OTHER")]
        await queue.serve { wish in
            granted.withLock { $0.append(wish.trigger) }
            guard wish.cause == .schedule else { return await queue.close() }
            for number in 1...1000 {
                let some = number % 2 == 0 ? projects : projects.reversed()
                _ = await queue.offer(Wish(.trigger, projects: some, trigger: number))
            }
        }
        #expect(granted.withLock { $0 } == [nil, 1000])
    }

    @Test func aMomentThatComesDuringAnotherKindOfRunIsNotLost() async {
        let queue = RunQueue()
        _ = await queue.offer(Wish(.request))
        let causes = Mutex<[RunCause]>([])
        await queue.serve { wish in
            causes.withLock { $0.append(wish.cause) }
            if wish.cause == .request {
                #expect(await queue.offer(Wish(.schedule)) == .waits)
            } else {
                await queue.close()
            }
        }
        #expect(causes.withLock { $0 } == [.request, .schedule])
    }

    @Test func closedItTakesNothing() async {
        let queue = RunQueue()
        await queue.close()
        #expect(await queue.offer(Wish(.request)) == .leftOut)
        await queue.serve { _ in Issue.record("nothing was wished") }
        #expect(await queue.isIdle)
    }

    @Test func sleepsUntilSomethingIsWished() async {
        let queue = RunQueue()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await queue.serve { _ in await queue.close() } }
            group.addTask { _ = await queue.offer(Wish(.request)) }
        }
    }
}
