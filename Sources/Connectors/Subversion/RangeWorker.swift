import Blocking
import Gathering

/// Reads ranges of a list of revisions, one at a time, and writes their rows.
struct RangeWorker {
    /// What could not be read.
    private(set) var gaps = Gaps()

    private let svn: SubversionProgram
    private let target: String
    private let revisions: [Int]
    private let withChanges: Bool
    private let mapping: RevisionMapping
    private let request: GatheringRequest
    private let cancellation: Cancellation

    /// Bytes of messages held at once; more are read in smaller ranges.
    private static let messageLimit = 8 << 20

    init(
        _ svn: SubversionProgram, _ settings: SubversionSettings, _ target: String, _ revisions: [Int],
        _ request: GatheringRequest, _ cancellation: Cancellation
    ) {
        self.svn = svn
        self.target = target
        self.revisions = revisions
        self.request = request
        self.cancellation = cancellation
        withChanges = !settings.skipsStatistics
        mapping = RevisionMapping(repository: settings.name, sprints: request.sprints)
    }

    /// Writes the rows of a range. A revision that cannot be read, or whose changes cannot, is a gap.
    /// - Throws: when the repository can no longer be reached at all.
    mutating func scan(_ range: Range<Int>, piece: Int) throws {
        let stream = try request.output.stream(piece: piece)
        var differences = DifferenceStream(svn, target, revisions[range], cancellation)
        try scan(range, &differences, stream)
        try request.output.finish(stream, piece: piece)
    }

    private mutating func scan(
        _ range: Range<Int>, _ differences: inout DifferenceStream, _ stream: RecordStream
    ) throws {
        guard let read = try read(range) else {
            guard range.count > 1 else { return gaps.note(.revision, revisions[range.lowerBound]) }
            let middle = range.lowerBound + range.count / 2
            try scan(range.lowerBound..<middle, &differences, stream)
            return try scan(middle..<range.upperBound, &differences, stream)
        }
        for (place, revision) in zip(range, read) {
            let changes = try withChanges ? changes(at: place, &differences) : .skipped
            if let date = revision.date {
                try mapping.write(revision, date, changes, to: stream)
            } else {
                gaps.note(.date, revision.number)
            }
            request.activity.advance(by: 1)
        }
    }

    /// The revisions of a range as `svn log` tells them; `nil` where it cannot, so that smaller ranges are to be tried.
    private func read(_ range: Range<Int>) throws -> [Revision]? {
        let (first, last) = (revisions[range.lowerBound], revisions[range.upperBound - 1])
        var read: [Revision] = []
        var messageBytes = 0
        do {
            try svn.elements("logentry", of: ["log", "-r", "\(first):\(last)", target], cancellation) { entry in
                let revision = try Revision(entry)
                messageBytes += revision.message.utf8.count
                guard range.count == 1 || messageBytes <= Self.messageLimit else { throw TooMuchText() }
                read.append(revision)
            }
        } catch is TooMuchText {
            return nil
        } catch {
            try svn.requireRepository(target, after: error, cancellation)
            return nil
        }
        guard read.map(\.number).elementsEqual(revisions[range]) else { return nil }
        return read
    }

    private struct TooMuchText: Error {}

    private mutating func changes(
        at place: Int, _ differences: inout DifferenceStream
    ) throws -> RevisionMapping.Changes {
        do {
            return .known(try differences.difference(at: place))
        } catch {
            try svn.requireRepository(target, after: error, cancellation)
            gaps.note(.changes, revisions[place])
            return .unreadable
        }
    }
}
