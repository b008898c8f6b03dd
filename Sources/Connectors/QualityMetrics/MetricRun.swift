package import Gathering
package import REST
package import Tables

/// One gathering of a quality server. Its steps count each by itself: one that fails is a gap, and its tracker stays.
package final class MetricRun {
    package let settings: MetricSettings
    package let client: RESTClient
    package let trackers: Trackers
    package let activity: SourceActivity
    private let output: SourceOutput
    private var report = SourceReport()
    private var failure: (any Error)?
    private var successes = 0
    /// The steps that failed.
    package private(set) var failed: Set<MetricSettings.Step> = []

    package init(_ settings: MetricSettings, _ request: GatheringRequest) {
        self.settings = settings
        client = settings.client(request.activity)
        trackers = request.trackers
        activity = request.activity
        output = request.output
    }

    /// Takes a step, if it is wanted. What the body writes counts only where it returns; it returns what moves.
    package func step(
        _ step: MetricSettings.Step, _ body: (RecordStream) async throws -> [SourceReport.Cursor]
    ) async throws {
        guard settings.steps.contains(step) else { return }
        activity.begin(step.title, total: nil)
        let part = try output.part(step.rawValue)
        do {
            let stream = try part.stream(piece: 0)
            let cursors = try await body(stream)
            try part.finish(stream, piece: 0)
            output.take(part)
            report.cursors += cursors
            successes += 1
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            try Task.checkCancellation()
            report.gaps.append("\(step.title): \(error)")
            failed.insert(step)
            failure = failure ?? error
        }
    }

    package func add(gap: String) { report.gaps.append(gap) }
    package func add(note: String) { report.notes.append(note) }
    package func add(_ tombstone: Tombstone) { report.tombstones.append(tombstone) }

    /// - Throws: what was wrong where no step succeeded.
    package func finish() throws -> SourceReport {
        if successes == 0, let failure { throw failure }
        return report
    }

    /// Does something for each of many elements, a few at once, and returns what came of it in their order.
    package func each<Element: Sendable, Value: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Value
    ) async throws -> [Value] {
        activity.begin("asking", total: elements.count)
        var values = [Value?](repeating: nil, count: elements.count)
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var waiting = elements.enumerated().makeIterator()
            func start() {
                if let (index, element) = waiting.next() { group.addTask { (index, try await body(element)) } }
            }
            for _ in 0..<4 { start() }
            while let (index, value) = try await group.next() {
                values[index] = value
                activity.advance(by: 1)
                start()
            }
        }
        return values.compactMap(\.self)
    }
}
