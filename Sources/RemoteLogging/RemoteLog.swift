package import ControllerAPI
package import ControllerClient
package import Logging
import Synchronization

/// Sends what is worth a warning to the controller, many records at once, when somebody calls `flush`.
///
/// It never holds anybody up and never fails: records that find no room are counted, and the count is sent. What a record
/// says beyond its message goes out only where it can be nothing personal (`RemoteRecord.openFields`).
package final class RemoteLog: LogSink {
    package let level = LogLevel.warning

    /// How a controller takes records.
    package enum Form: Sendable, Equatable {
        /// JSON lines, many at once.
        case batch
        /// One form for each record, as the reference's controllers have it.
        case single
    }

    /// Records that may wait: some days of a source that fails every quarter of an hour.
    private static let room = 1000
    /// What a controller takes in one request.
    static let batchRecords = 500
    static let batchBytes = 256 << 10
    /// Requests for single records in one flush.
    private static let singles = 100

    private struct State {
        var waiting: [RemoteRecord] = []
        var lost = 0
        var isFlushing = false
        /// After a failure nothing is sent until then.
        var silence: ContinuousClock.Instant?
    }

    private let fallback: ProjectKey
    private let pause: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - project: of records that name none.
    ///   - pause: how long nothing is sent after a failure.
    package init(project: ProjectKey, pause: Duration = .seconds(300)) {
        fallback = project
        self.pause = pause
    }

    package func write(_ record: LogRecord) {
        let record = RemoteRecord(record, otherwise: fallback)
        state.withLock { state in
            if state.waiting.count < Self.room { state.waiting.append(record) } else { state.lost += 1 }
        }
    }

    package var count: Int { state.withLock { $0.waiting.count } }

    /// Sends what waits. What cannot be sent now waits on, and what the controller does not take is dropped. One at a time
    /// does so: others return at once.
    /// - Parameter connect: the client for a project and the form that its controller takes; `nil` for a project without.
    /// - Throws: `ControllerError` of the first request that failed.
    package func flush(_ connect: (ProjectKey) async -> (ControllerClient, Form)?) async throws {
        guard begin() else { return }
        defer { state.withLock { $0.isFlushing = false } }
        var left = Self.singles
        while let (project, records) = next(), left > 0 {
            guard let (client, form) = await connect(project) else {
                drop(records.count, of: project)
                continue
            }
            let count = form == .batch ? Self.lines(records).count : 1
            do {
                switch form {
                case .batch: try await client.log(Self.lines(records).lines, of: project)
                case .single: try await client.log(records[0].form, of: project)
                }
            } catch {
                if error.isPermanent { drop(count, of: project) }
                state.withLock { $0.silence = .now + pause }
                throw error
            }
            drop(count, of: project)
            if form == .single { left -= 1 }
        }
    }

    private func begin() -> Bool {
        state.withLock { state in
            if let silence = state.silence, silence > .now { return false }
            guard !state.isFlushing, !state.waiting.isEmpty else { return false }
            state.isFlushing = true
            if state.lost > 0 {
                state.waiting.append(RemoteRecord(lost: state.lost, project: fallback))
                state.lost = 0
            }
            return true
        }
    }

    /// The records of the project whose record is the oldest.
    private func next() -> (ProjectKey, [RemoteRecord])? {
        state.withLock { state in
            guard let project = state.waiting.first?.project else { return nil }
            return (project, state.waiting.filter { $0.project == project })
        }
    }

    private func drop(_ count: Int, of project: ProjectKey) {
        state.withLock { state in
            var left = count
            state.waiting.removeAll { record in
                guard record.project == project, left > 0 else { return false }
                left -= 1
                return true
            }
        }
    }

    /// As many records as one request may have.
    private static func lines(_ records: [RemoteRecord]) -> (lines: [UInt8], count: Int) {
        var lines: [UInt8] = []
        var count = 0
        for record in records.prefix(batchRecords) {
            let line = record.line
            guard count == 0 || lines.count + line.count <= batchBytes else { break }
            lines += line
            count += 1
        }
        return (lines, count)
    }
}
