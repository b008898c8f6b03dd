/// Does the same work for many: all who ask before it begins get the outcome of one time, who asks later that of the next.
package actor SharedWork {
    private let work: @Sendable () async throws -> Void
    private var running: Task<Void, any Error>?
    private var waiting: Task<Void, any Error>?
    /// How many wait for the time that has not begun.
    package private(set) var waiters = 0

    package init(_ work: @escaping @Sendable () async throws -> Void) { self.work = work }

    /// Returns when the work was done once from beginning to end since the call.
    package func run() async throws {
        waiters += 1
        if let waiting { return try await waiting.value }
        let task = Task { [running] in
            // How the one before ended is for those to know who waited for it.
            _ = await running?.result
            begin()
            try await work()
        }
        waiting = task
        try await task.value
    }

    private func begin() {
        running = waiting
        waiting = nil
        waiters = 0
    }
}
