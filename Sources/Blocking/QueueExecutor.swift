import Dispatch

/// The executor of an actor whose methods may block: one dispatch queue, so that the shared pool of the concurrency
/// runtime never does.
package final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// - Parameter label: Shown by debuggers.
    package init(_ label: String) { queue = DispatchQueue(label: label) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { @Sendable in unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
