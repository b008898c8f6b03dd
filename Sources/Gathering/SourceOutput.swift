package import Files
package import Pseudonyms
package import Records
import Synchronization
package import Tables

/// Sees a record beside the row that it became; `nil` where none of it leaves. It is called from any thread.
package typealias RecordObserver = @Sendable (Record, Row?) -> Void

/// Takes the records of one source and keeps them apart from those of others until the source has succeeded.
///
/// A source that works in parallel opens one stream per piece of work and numbers the pieces in the order in
/// which their records belong; nobody waits for anybody.
package final class SourceOutput: Sendable {
    private let directory: String
    private let secrets: PseudonymSecrets?
    private let limits: FieldLimits
    private let observer: RecordObserver?
    private let privacy: Privacy
    private let finished = Mutex<[(piece: Int, segment: TableSegment.Finished)]>([])

    /// - Parameters:
    ///   - directory: holds the segments' files; it belongs to this source alone.
    ///   - secrets: what makes pseudonyms; `nil` leaves personal values in the clear.
    ///   - limits: what of each table may leave; the rest is not even written.
    ///   - observer: sees each record beside what became of it.
    ///   - privacy: what is replaced by pseudonyms, and who is met.
    package init(
        directory: String, secrets: PseudonymSecrets?, limits: FieldLimits = .none, observer: RecordObserver? = nil,
        privacy: Privacy = Privacy()
    ) {
        self.privacy = privacy
        self.directory = directory
        self.secrets = secrets
        self.limits = limits
        self.observer = observer
    }

    /// Opens the stream of one piece of work; numbers need not be contiguous.
    package func stream(piece: Int) throws(PseudonymError) -> RecordStream {
        RecordStream(
            prefix: "\(directory)/\(piece)", pseudonymiser: try Pseudonymiser(secrets: secrets, scope: privacy.scope),
            limits: limits, observer: observer, people: privacy.people)
    }

    /// Takes a stream that is complete.
    package func finish(_ stream: RecordStream, piece: Int) throws(FileError) {
        let segments = try stream.finish()
        finished.withLock { finished in finished += segments.map { (piece, $0) } }
    }

    /// A part of the output that counts only once it is taken over: for work that may fail by itself.
    package func part(_ name: String) throws(FileError) -> SourceOutput {
        let path = "\(directory)/\(name)"
        try Files.makeDirectory(path, permissions: 0o700)
        return SourceOutput(directory: path, secrets: secrets, limits: limits, observer: observer, privacy: privacy)
    }

    /// Takes over all that a part has finished.
    package func take(_ part: SourceOutput) {
        let segments = part.finished.withLock(\.self)
        finished.withLock { $0 += segments }
    }

    /// The rows so far, by the names of tables.
    var rowCounts: [(table: String, rows: Int)] {
        let counts = finished.withLock { finished in
            finished.reduce(into: [String: Int]()) { $0[$1.segment.schema.name, default: 0] += $1.segment.rows }
        }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The finished segments of a table in the order of their pieces.
    package func segments(of schema: TableSchema) -> [TableSegment.Finished] {
        finished.withLock { finished in
            finished.filter { $0.segment.schema == schema }.sorted { $0.piece < $1.piece }.map(\.segment)
        }
    }
}

/// Pseudonymises records as they come and appends them to the segments of their tables. Used by one worker.
package final class RecordStream {
    private let prefix: String
    private let pseudonymiser: Pseudonymiser
    private let limits: FieldLimits
    private let observer: RecordObserver?
    private let people: KnownPeople
    private var outlets: [String: Outlet] = [:]

    /// Where the rows of one table go.
    private struct Outlet {
        /// For each column whether it may leave; `nil` where all may.
        let mask: [Bool]?
        /// `nil` where none of the table may leave.
        let segment: TableSegment?
    }

    init(
        prefix: String, pseudonymiser: Pseudonymiser, limits: FieldLimits, observer: RecordObserver?,
        people: KnownPeople
    ) {
        self.people = people
        self.prefix = prefix
        self.pseudonymiser = pseudonymiser
        self.limits = limits
        self.observer = observer
    }

    package func append(_ record: Record) throws(FileError) {
        let outlet = try outlet(of: record.schema)
        guard let segment = outlet.segment else {
            observer?(record, nil)
            return
        }
        var row = pseudonymiser.row(for: record)
        if let mask = outlet.mask { row = row.limited(to: mask, record.schema) }
        observer?(record, row)
        try segment.append(row)
    }

    private func outlet(of schema: TableSchema) throws(FileError) -> Outlet {
        if let outlet = outlets[schema.name] { return outlet }
        let segment = limits.permits(schema) ? try TableSegment(schema, path: "\(prefix).\(schema.name)") : nil
        let outlet = Outlet(mask: limits.mask(schema), segment: segment)
        outlets[schema.name] = outlet
        return outlet
    }

    fileprivate func finish() throws(FileError) -> [TableSegment.Finished] {
        pseudonymiser.report(to: people)
        var finished: [TableSegment.Finished] = []
        for case let segment? in outlets.values.map(\.segment) { finished.append(try segment.finish()) }
        return finished
    }
}
