import Files
package import Gathering
package import HTTP
package import REST
import Synchronization
package import Tables
package import Timestamps

/// One gathering of one repository's reviews and issues: where it begins, what is new, what is missing, how far it got.
package final class ForgeRun: Sendable {
    package let client: RESTClient
    package let name: String
    /// Where the last gathering ended; `nil` for the first.
    package let since: Timestamp?
    private let tracker: Trackers.File
    private let validators: Validators
    private let spool: AnswerStore
    private let directory: String
    private let activity: SourceActivity
    private let state: Mutex<State>
    /// Seconds; what claims to be of a later moment does not move the cursor.
    private let latest: Int

    private struct State {
        /// The newest moment of what was looked at.
        var newest: Timestamp?
        /// What was looked at that is of the newest second.
        var edge: Set<String> = []
        var coverage: [Coverage] = []
        var tombstones: [Tombstone] = []
        var notes: [String] = []
    }

    /// What was delivered of the second at which the last gathering ended.
    private let delivered: Set<String>

    /// The moment before everything, in the form in which older agents wrote it.
    private static let beginning = "1900-01-01 01:01:01"

    /// How long answers of an unfinished gathering are good for: they are of one state of the source, more or less.
    private static let spoolLife = 24 * 3600

    package init(
        _ settings: ForgeSettings, _ environment: RESTEnvironment, pool: TokenPool, tracker: Trackers.File,
        headers: HTTPHeaders, _ request: GatheringRequest
    ) throws {
        name = settings.name
        self.tracker = tracker
        activity = request.activity
        directory = "\(UnfinishedAnswers.directory(in: request.storage))/\(PercentEncoding.encode(settings.name))"
        try Files.makeDirectory(UnfinishedAnswers.directory(in: request.storage), permissions: 0o700)
        try Files.makeDirectory(directory, permissions: 0o700)
        let start = request.trackers.value(tracker, of: settings.name)
        since = start.flatMap { $0 == Self.beginning || $0.hasPrefix("0001") ? nil : Timestamp(local: $0) }
        validators = try Validators(
            "\(directory)/validators.json", mark: request.trackers.value(.answers, of: settings.name))
        delivered = Set((validators.note("edge") ?? "").split(separator: "\n").map(String.init))
        try Self.renewSpool("\(directory)/\(UnfinishedAnswers.name)", start: start ?? "", now: environment.clock.now())
        spool = try AnswerStore("\(directory)/\(UnfinishedAnswers.name)")
        var configuration = RESTClient.Configuration(base: settings.base)
        configuration.headers = headers
        configuration.trust = settings.trust
        configuration.parallelism = environment.parallelism
        configuration.retries = environment.retries
        configuration.clock = environment.clock
        configuration.waits = { [activity] wait in activity.pause(wait?.phase) }
        client = RESTClient(
            configuration, http: environment.http, pool: pool,
            stores: RESTStores(
                archive: environment.archive, replay: environment.replay,
                spool: environment.replay == nil ? spool : nil, validators: validators))
        latest = environment.clock.now().seconds + 24 * 3600
        state = Mutex(State(newest: since, edge: delivered))
    }

    /// Whether this gathering reads everything there is.
    package var isFirst: Bool { since == nil }

    /// Answers that were kept by a gathering from another start, or long ago, are of no use.
    private static func renewSpool(_ path: String, start: String, now: Timestamp) throws {
        let marker = "\(path)/begun"
        if try Files.status(marker) != nil {
            let lines = String(decoding: try Files.read(marker), as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false)
            if lines.count == 2, lines[0] == start, let begun = Int(lines[1]),
                (0..<spoolLife).contains(now.seconds - begun)
            {
                return
            }
        }
        try Files.removeTree(path)
        try Files.makeDirectory(path, permissions: 0o700)
        try Files.write("\(start)\n\(now.seconds)".utf8, to: marker, permissions: 0o600)
    }

    // MARK: What is new

    /// Whether something of this moment is to be delivered, and takes note of the moment. What has none is delivered once.
    /// - Parameter key: what it is, unlike anything else of the repository.
    package func isNew(_ moment: Timestamp?, _ key: String) -> Bool {
        guard let moment else { return !isSame("undated \(key)", []) }
        let key = "\(key)@\(moment.microseconds)"
        state.withLock { state in
            // A server whose clock is far ahead must not make the next gatherings pass over what comes until then.
            if let newest = state.newest, moment.seconds < newest.seconds || moment.seconds > latest { return }
            if moment.seconds != state.newest?.seconds {
                state.newest = Timestamp(seconds: moment.seconds)
                state.edge = []
            }
            state.edge.insert(key)
        }
        guard let since else { return true }
        return moment.seconds > since.seconds || moment.seconds == since.seconds && !delivered.contains(key)
    }

    package func isBefore(_ moment: Timestamp) -> Bool { since.map { moment.seconds < $0.seconds } ?? false }

    /// What the last gathering that counted left under a name.
    package func note(_ name: String) -> String? { validators.note(name) }
    package func note(_ name: String, _ text: String?) { validators.note(name, text) }

    /// Whether the last gathering that counted delivered just this; for what has no date of its last change.
    /// - Parameter key: stays in a file of the agent's, the content does not.
    package func isSame(_ key: String, _ content: [String?]) -> Bool {
        // FNV-1a: nobody gains by making two contents look the same.
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in content.joinedBytes { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let mark = String(digest, radix: 36)
        let name = "same \(key.utf8.reduce(5381 as UInt64) { ($0 &* 33) ^ UInt64($1) })"
        defer { note(name, mark) }
        return note(name) == mark
    }

    package func begin(_ phase: String, total: Int? = nil) { activity.begin(phase, total: total) }
    package func advance(by count: Int = 1) { activity.advance(by: count) }

    // MARK: What is missing

    /// Something worth knowing although nothing is missing.
    package func remark(_ sentence: String) { state.withLock { $0.notes.append(sentence) } }

    package func add(_ tombstone: Tombstone) { state.withLock { $0.tombstones.append(tombstone) } }

    /// Enters what a list brought.
    package func enter(_ resource: String, _ list: ListReport, gaps: [String] = []) {
        let coverage = Coverage(
            source: name, resource: resource, from: since?.local, pages: list.pages, count: list.count,
            expected: list.expected, gaps: (list.gaps + gaps).map { "\(resource): \($0)" })
        state.withLock { $0.coverage.append(coverage) }
    }

    /// Does one part of the work. What only this part may not see, or cannot read, is a gap; whatever else is wrong
    /// ends the gathering.
    package func part(_ resource: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as RESTError {
            switch error.code {
            case .forbidden, .notFound, .malformed, .notArchived, .foreignAddress:
                enter(resource, ListReport(gaps: ["\(error)"]))
            case .refused(let status) where status < 500: enter(resource, ListReport(gaps: ["\(error)"]))
            default: throw error
            }
        }
    }

    // MARK: The end

    /// Closes the books: cursors move where nothing is missing, or where trying again brought no more. The answers are
    /// kept until the data is safe, which `UnfinishedAnswers` is told.
    package func finish() throws -> SourceReport {
        let state = state.withLock(\.self)
        let end = (state.newest?.local) ?? Self.beginning
        var report = SourceReport()
        report.coverage = state.coverage.map { coverage in
            var coverage = coverage
            coverage.to = end
            return coverage
        }
        report.tombstones = state.tombstones
        report.notes = state.notes
        report.gaps = state.coverage.flatMap(\.gaps)
        if try mayMove(report.gaps) {
            validators.note("edge", state.edge.sorted().joined(separator: "\n"))
            report.cursors = [.init(tracker, end), .init(.answers, try validators.save())]
        }
        if report.cursors.isEmpty { try spool.clear() }
        return report
    }

    /// A gap is tried to fill by a second gathering from the same start. Where it is the same then, the server will not
    /// say more, and going on is better than reading everything again for ever; the run is partial each time.
    private func mayMove(_ gaps: [String]) throws -> Bool {
        let path = "\(directory)/gaps"
        guard !gaps.isEmpty else {
            try Files.remove(path)
            return true
        }
        let text = Array(([since?.local ?? ""] + gaps).joined(separator: "\n").utf8)
        if try Files.status(path) != nil, try Files.read(path) == text { return true }
        try Files.write(text, to: path, permissions: 0o600)
        return false
    }
}

extension [String?] {
    /// The texts with what parts them; a missing one is not an empty one.
    fileprivate var joinedBytes: [UInt8] {
        reduce(into: [UInt8]()) { bytes, text in
            if let text { bytes += text.utf8 }
            bytes.append(text == nil ? 0xFE : 0xFF)
        }
    }
}
