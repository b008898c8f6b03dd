import Blocking
package import Enrolment
import Files
package import Logging
import Pseudonyms
import Synchronization
package import Tables

/// Gathers all sources of one project into its export directory: table files first, then the update trackers.
///
/// What an earlier run left there is replaced file by file when the new one is complete, so that a run that is
/// killed leaves the files of the run before it.
package struct Gatherer: Sendable {
    package struct Directories: Sendable {
        /// Where table files and trackers go, e.g. `export/DEMO`.
        package let export: String
        /// Where sources keep what they need again, e.g. `project-git-repos/DEMO`.
        package let storage: String
        /// Where gathering keeps what is of no use to others: its lock, unfinished tables, the list of finished ones.
        package let workspace: String

        package init(export: String, storage: String, workspace: String) {
            self.export = export
            self.storage = storage
            self.workspace = workspace
        }

        /// Where an update tracker is kept.
        package func path(of tracker: Trackers.File) -> String {
            "\(tracker.isExported ? export : workspace)/\(tracker.rawValue)"
        }
    }

    private let directories: Directories
    private let clearance: Clearance
    private let parallelism: Int
    private let logger: Logger
    private let progress: @Sendable (String, SourceActivity) -> Void
    private let limits: FieldLimits
    private let observer: RecordObserver?
    private let privacy: Privacy

    /// Sources under way for each that may be busy: most only ask their server whether there is anything new.
    private static let sourcesPerSlot = 4

    /// - Parameters:
    ///   - parallelism: how many programs or connections may be busy at once, usually the number of cores.
    ///   - limits: what of each table may leave.
    ///   - observer: sees each record beside what became of it.
    ///   - privacy: what is replaced by pseudonyms; of its own for each gathering.
    ///   - progress: is told each source's name and activity when it starts.
    package init(
        _ clearance: Clearance, in directories: Directories, parallelism: Int, logger: Logger,
        limits: FieldLimits = .none, observer: RecordObserver? = nil, privacy: Privacy = Privacy(),
        progress: @escaping @Sendable (String, SourceActivity) -> Void
    ) {
        self.clearance = clearance
        self.directories = directories
        self.parallelism = parallelism
        self.logger = logger
        self.progress = progress
        self.limits = limits
        self.observer = observer
        self.privacy = privacy
    }

    /// Gathers the sources side by side. One that fails is reported and leaves its cursors where they were; the
    /// others count all the same.
    ///
    /// - Parameters:
    ///   - tables: those that are written even when no source fills them.
    ///   - trackers: how far earlier gatherings got.
    package func run(_ sources: [any Source], always tables: [TableSchema], from trackers: Trackers) async throws
        -> Harvest
    {
        let segments = "\(directories.workspace)/segments"
        try Files.makeDirectory(directories.export)
        try Files.makeDirectory(directories.workspace, permissions: 0o700)
        try await awaitLock("\(directories.workspace)/lock")
        let lock = try FileLock("\(directories.workspace)/lock")
        // Otherwise the optimiser frees it here.
        defer { withExtendedLifetime(lock) {} }
        for directory in [directories.export, directories.workspace] { try Files.removeRemains(in: directory) }
        try Harvest.discard(in: directories.workspace)
        try Files.removeTree(segments)
        let sprints = try readSprints()
        let slots = Slots(parallelism)
        let gathered = try await withThrowingTaskGroup(of: (Int, SourceResult).self) { group in
            var waiting = sources.enumerated().makeIterator()
            var results = [SourceResult?](repeating: nil, count: sources.count)
            func start(_ group: inout ThrowingTaskGroup<(Int, SourceResult), any Error>) throws {
                guard let (index, source) = waiting.next() else { return }
                let directory = "\(segments)/\(index)"
                try Files.makeDirectory(directory, permissions: 0o700)
                let request = GatheringRequest(
                    storage: directories.storage, trackers: trackers, sprints: sprints,
                    output: SourceOutput(
                        directory: directory, secrets: clearance.secrets, limits: limits, observer: observer,
                        privacy: privacy),
                    activity: SourceActivity(),
                    parallelism: parallelism, slots: slots)
                group.addTask { (index, try await gather(source, request)) }
            }
            for _ in 0..<parallelism * Self.sourcesPerSlot { try start(&group) }
            while let (index, result) = try await group.next() {
                results[index] = result
                try start(&group)
            }
            return results.compactMap { $0 }
        }
        let harvest = try await write(gathered, sources, always: tables, from: trackers)
        try harvest.save(in: directories.workspace)
        try Files.removeTree(segments)
        return harvest
    }

    /// Waits a moment for the project's lock. An agent that was killed just now may seem to hold it still: a program
    /// that it was about to start has its descriptors until it is started.
    private func awaitLock(_ path: String) async throws {
        for _ in 0..<Self.lockAttempts {
            guard Self.isHeld(path) else { return }
            try await Task.sleep(for: Self.lockPause)
        }
    }

    private static func isHeld(_ path: String) -> Bool {
        do throws(FileError) {
            _ = try FileLock(path)
            return false
        } catch {
            return error.isHeldElsewhere
        }
    }

    /// Together five seconds.
    private static let lockAttempts = 50
    private static let lockPause = Duration.milliseconds(100)

    /// Gathers one source; only cancellation is thrown.
    private func gather(_ source: any Source, _ request: GatheringRequest) async throws -> SourceResult {
        progress(source.name, request.activity)
        let clock = ContinuousClock()
        let start = clock.now
        defer { request.activity.end() }
        do {
            let report = try await source.gather(request)
            let outcome = SourceOutcome(
                source: source.name, state: report.gaps.isEmpty ? .complete : .partial(report.gaps),
                duration: clock.now - start)
            for note in report.notes {
                logger.warning(
                    "something happened to the source", ["source.name": .text(source.name), "note": .text(note)])
            }
            for gap in report.gaps {
                logger.warning(
                    "the source could not be read whole", ["source.name": .text(source.name), "gap": .text(gap)])
            }
            return SourceResult(
                outcome: outcome, cursors: report.cursors, output: request.output, coverage: report.coverage,
                tombstones: report.tombstones)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            try Task.checkCancellation()
            logger.error(
                "the source could not be gathered", ["source.name": .text(source.name), "error": .text("\(error)")])
            let outcome = SourceOutcome(source: source.name, state: .failed("\(error)"), duration: clock.now - start)
            return SourceResult(outcome: outcome, cursors: [], output: nil, coverage: [], tombstones: [])
        }
    }

    private func write(
        _ results: [SourceResult], _ sources: [any Source], always: [TableSchema], from trackers: Trackers
    ) async throws -> Harvest {
        var schemas = always
        for schema in sources.flatMap(\.tables) where !schemas.contains(schema) { schemas.append(schema) }
        for schema in sources.flatMap(\.occasionalTables) where !schemas.contains(schema) {
            if results.contains(where: { $0.output?.segments(of: schema).isEmpty == false }) {
                schemas.append(schema)
            } else {
                try removeFile(of: schema)
            }
        }
        let known = schemas + sources.flatMap(\.occasionalTables)
        var withheld: [String: [String]] = [:]
        for schema in known {
            let columns = limits.withheld(of: schema)
            if !columns.isEmpty { withheld[schema.name] = columns }
        }
        for schema in schemas where !limits.permits(schema) { try removeFile(of: schema) }
        let scrubber = try privacy.filter(clearance.secrets, in: directories)
        let tables = try await join(results, to: schemas.filter(limits.permits), scrubber)
        var moved = trackers
        for result in results {
            for cursor in result.cursors { moved.move(cursor, of: result.outcome.source) }
        }
        try UnfinishedMove.begin(from: trackers, to: moved, in: directories)
        for file in Trackers.File.allCases where moved.holds(file) {
            try Files.write(moved.json(file), to: directories.path(of: file))
        }
        return Harvest(
            tables: tables, start: trackers, trackers: moved, outcomes: results.map(\.outcome),
            // That there are rows of a table that does not leave is told to nobody either.
            coverage: results.flatMap { $0.coverage(from: trackers) }.filter { entry in
                known.first { $0.name == entry.resource }.map(limits.permits) ?? true
            }, tombstones: results.flatMap(\.tombstones), withheld: withheld)
    }

    private func removeFile(of schema: TableSchema) throws(FileError) {
        for name in [schema.fileName, "\(schema.fileName).tmp"] { try Files.remove("\(directories.export)/\(name)") }
    }

    /// Writes all tables at once: each waits for its digest and for the disk.
    private func join(
        _ results: [SourceResult], to schemas: [TableSchema], _ scrubber: TextScrubber?
    ) async throws -> [Table] {
        try await withThrowingTaskGroup(of: (Int, Table).self) { group in
            for (place, schema) in schemas.enumerated() {
                let segments = results.flatMap { $0.output?.segments(of: schema) ?? [] }
                let directory = directories.export
                group.addTask {
                    let table = try await blocking { _ in
                        try TableWriter.write(
                            schema, segments: segments, in: directory,
                            filter: scrubber.map { scrubber in { scrubber.scrubbed($0) } })
                    }
                    return (place, table)
                }
            }
            var tables = [Table?](repeating: nil, count: schemas.count)
            for try await (place, table) in group { tables[place] = table }
            return tables.compactMap { $0 }
        }
    }

    private func readSprints() throws -> SprintCalendar {
        let path = "\(directories.export)/data_sprint.json"
        guard try Files.status(path) != nil else { return .empty }
        return try SprintCalendar(json: try Files.read(path, limit: 256 << 20))
    }
}

private struct SourceResult: Sendable {
    let outcome: SourceOutcome
    let cursors: [SourceReport.Cursor]
    /// `nil` when the source failed.
    let output: SourceOutput?
    let coverage: [Coverage]
    let tombstones: [Tombstone]

    /// What the source says of its windows, and for tables that it says nothing of, their rows. A source that failed
    /// has the reason as its gap.
    func coverage(from trackers: Trackers) -> [Coverage] {
        let name = outcome.source
        if case .failed(let reason) = outcome.state {
            return [Coverage(source: name, resource: "everything", gaps: [reason])]
        }
        let told = Set(coverage.map(\.resource))
        var all = coverage
        for (resource, rows) in output?.rowCounts ?? [] where !told.contains(resource) {
            let isHistory = resource == TableSchema.vcsVersions.name
            all.append(
                Coverage(
                    source: name, resource: resource, from: isHistory ? trackers.value(.versions, of: name) : nil,
                    to: isHistory ? cursors.first { $0.tracker == .versions }?.value : nil, count: rows))
        }
        if case .partial(let gaps) = outcome.state {
            let known = Set(all.flatMap(\.gaps))
            let rest = gaps.filter { !known.contains($0) }
            if !rest.isEmpty { all.append(Coverage(source: name, resource: "everything", gaps: rest)) }
        }
        return all
    }
}
