package import Files
package import Pseudonyms
package import Records
import Synchronization
package import Tables

/// Takes the records of one source and keeps them apart from those of others until the source has succeeded.
///
/// A source that works in parallel opens one stream per piece of work and numbers the pieces in the order in
/// which their records belong; nobody waits for anybody.
package final class SourceOutput: Sendable {
    private let directory: String
    private let secrets: PseudonymSecrets?
    private let finished = Mutex<[(piece: Int, segment: TableSegment.Finished)]>([])

    /// - Parameters:
    ///   - directory: holds the segments' files; it belongs to this source alone.
    ///   - secrets: what makes pseudonyms; `nil` leaves personal values in the clear.
    package init(directory: String, secrets: PseudonymSecrets?) {
        self.directory = directory
        self.secrets = secrets
    }

    /// Opens the stream of one piece of work; numbers need not be contiguous.
    package func stream(piece: Int) throws(PseudonymError) -> RecordStream {
        RecordStream(prefix: "\(directory)/\(piece)", pseudonymiser: try Pseudonymiser(secrets: secrets))
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
        return SourceOutput(directory: path, secrets: secrets)
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
    private var segments: [String: TableSegment] = [:]

    init(prefix: String, pseudonymiser: Pseudonymiser) {
        self.prefix = prefix
        self.pseudonymiser = pseudonymiser
    }

    package func append(_ record: Record) throws(FileError) {
        let row = pseudonymiser.row(for: record)
        if let segment = segments[record.schema.name] { return try segment.append(row) }
        let segment = try TableSegment(record.schema, path: "\(prefix).\(record.schema.name)")
        segments[record.schema.name] = segment
        try segment.append(row)
    }

    fileprivate func finish() throws(FileError) -> [TableSegment.Finished] {
        var finished: [TableSegment.Finished] = []
        for segment in segments.values { finished.append(try segment.finish()) }
        return finished
    }
}
