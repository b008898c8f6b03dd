import Gathering
import Logging
import Synchronization

/// Shows what the sources are doing while somebody waits for them.
final class ActivityDisplay: Sendable {
    private struct Shown {
        let source: String
        let activity: SourceActivity
        var phase = ""
        var done = 0
        var progress: Progress?
        var since = ContinuousClock.now
    }

    private let logger: Logger
    /// Tells other programs what is waited for.
    private let waits: WaitFile?
    private let shown = Mutex<[Shown]>([])

    /// How often the activities are looked at: often enough for a terminal.
    private static let interval = Duration.milliseconds(200)
    /// How long something of unknown extent, such as fetching, may take before it is shown.
    private static let patience = Duration.seconds(3)

    init(_ logger: Logger, waits: WaitFile? = nil) {
        self.logger = logger
        self.waits = waits
    }

    func add(_ source: String, _ activity: SourceActivity) {
        shown.withLock { $0.append(Shown(source: source, activity: activity)) }
    }

    /// Shows what goes on while `body` runs.
    func during<Value: Sendable>(_ body: @Sendable @escaping () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !Task.isCancelled {
                    self.update()
                    do { try await Task.sleep(for: Self.interval) } catch { break }
                }
                return nil
            }
            defer { finish() }
            while let value = try await group.next() {
                guard let value else { continue }
                group.cancelAll()
                return value
            }
            throw CancellationError()
        }
    }

    private func update() {
        shown.withLock { shown in
            for index in shown.indices {
                let state = shown[index].activity.current
                if state.phase != shown[index].phase {
                    shown[index].progress?.finish()
                    shown[index].progress = state.total == nil ? nil : progress(shown[index].source, state)
                    shown[index].phase = state.phase
                    shown[index].done = 0
                    shown[index].since = .now
                } else if shown[index].progress == nil, !state.isOver, .now - shown[index].since > Self.patience {
                    shown[index].progress = progress(shown[index].source, state)
                }
                shown[index].progress?.advance(by: state.done - shown[index].done)
                shown[index].done = state.done
                if state.isOver { shown[index].progress?.finish() }
            }
            waits?.tell(
                shown.compactMap { entry in
                    let state = entry.activity.current
                    return state.isOver ? nil : state.pause.map { "\(entry.source): \($0)" }
                }, logger)
        }
    }

    private func progress(_ source: String, _ state: SourceActivity.State) -> Progress {
        Progress(
            "gathering", unit: state.phase, total: state.total,
            logger: logger.with(["source.name": .text(source)]))
    }

    private func finish() {
        update()
        shown.withLock { shown in
            for entry in shown { entry.progress?.finish() }
            waits?.tell([], logger)
        }
    }
}
