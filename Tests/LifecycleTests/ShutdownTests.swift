import Lifecycle
import Testing

@Suite struct ShutdownTests {
    @Test(.timeLimit(.minutes(10))) func wakesAllWhoWaitAndThoseWhoComeLater() async {
        let shutdown = Shutdown()
        await withTaskGroup { group in
            for _ in 0..<50 { group.addTask { await shutdown.requested() } }
            group.addTask {
                await Task.yield()
                shutdown.request()
                shutdown.request()
            }
        }
        #expect(shutdown.isRequested)
        await shutdown.requested()
    }

    @Test(.timeLimit(.minutes(10))) func cancellingEndsTheWaitOnly() async {
        let shutdown = Shutdown()
        for _ in 0..<200 {
            await withTaskGroup { group in
                group.addTask { await shutdown.requested() }
                group.addTask { await shutdown.requested() }
                group.cancelAll()
            }
        }
        #expect(!shutdown.isRequested)
    }
}
