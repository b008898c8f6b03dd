import ControllerAPI
import Cryptography
package import Files
package import Tables

/// What one gathering of a project brought, as it lies in the export directory until it is sealed.
package struct Harvest: Sendable {
    package let tables: [Table]
    /// Where this gathering began.
    package let start: Trackers
    /// Where the next gathering begins, once this one is safe.
    package let trackers: Trackers
    /// One per source, in their order; empty when the harvest was read again.
    package var outcomes: [SourceOutcome]
    /// What was asked of each resource of each source, and what came.
    package let coverage: [Coverage]
    package let tombstones: [Tombstone]
    /// What the client's policy keeps back: columns by the names of their tables.
    package let withheld: [String: [String]]

    init(
        tables: [Table], start: Trackers, trackers: Trackers, outcomes: [SourceOutcome], coverage: [Coverage],
        tombstones: [Tombstone], withheld: [String: [String]]
    ) {
        self.withheld = withheld
        self.coverage = coverage
        self.tombstones = tombstones
        self.tables = tables
        self.start = start
        self.trackers = trackers
        self.outcomes = outcomes
    }
}

/// How it went with one source.
package struct SourceOutcome: Sendable {
    package enum State: Sendable {
        case complete
        /// Something could not be read: a sentence each.
        case partial([String])
        /// Nothing of it counts; the reason.
        case failed(String)
        /// It was not asked, because the client does not permit it; the reason, which is for nobody else.
        case refused(String)
    }

    package let source: String
    package let state: State
    package let duration: Duration

    package init(source: String, state: State, duration: Duration) {
        self.source = source
        self.state = state
        self.duration = duration
    }

    package var isComplete: Bool {
        if case .complete = state { true } else { false }
    }
}

extension Harvest {
    /// The file that says what the tables are, until they are sealed.
    private static func path(in workspace: String) -> String { "\(workspace)/harvest.json" }

    func save(in workspace: String) throws {
        let listed = tables.map { table in
            StoredHarvest.StoredTable(
                file: table.schema.fileName, rows: table.rows, size: table.size, sha256: table.digest,
                isPseudonymised: table.isPseudonymised, declared: DeclaredTable(table.schema))
        }
        let stored = StoredHarvest(
            tables: listed, start: start.stored, trackers: trackers.stored, coverage: coverage, tombstones: tombstones,
            withheld: withheld)
        try Files.write(WireJSON.encode(stored, subject: "harvest"), to: Self.path(in: workspace), permissions: 0o600)
    }

    /// What lies in the export directory and waits to be sealed; `nil` when nothing does.
    package static func waiting(in directories: Gatherer.Directories) throws -> Harvest? {
        let path = path(in: directories.workspace)
        guard try Files.status(path) != nil else { return nil }
        let stored = try WireJSON.decode(StoredHarvest.self, from: Files.read(path), subject: "harvest")
        let tables = stored.tables.compactMap { table in
            (TableSchema.stored(in: table.file) ?? table.declared?.schema).map { schema in
                Table(
                    schema: schema, path: "\(directories.export)/\(table.file)", rows: table.rows, size: table.size,
                    digest: table.sha256,
                    isPseudonymised: table.isPseudonymised)
            }
        }
        return Harvest(
            tables: tables, start: Trackers(stored: stored.start), trackers: Trackers(stored: stored.trackers),
            outcomes: [], coverage: stored.coverage ?? [], tombstones: stored.tombstones ?? [],
            withheld: stored.withheld ?? [:])
    }

    /// Forgets that something waits, because it was sealed or is to be gathered anew.
    package static func discard(in workspace: String) throws(FileError) { try Files.remove(path(in: workspace)) }
}

private struct StoredHarvest: Codable {
    struct StoredTable: Codable {
        let file: String
        let rows: Int
        let size: Int
        let sha256: SHA256Digest
        let isPseudonymised: Bool
        /// Of a table that is not in the catalogue.
        let declared: DeclaredTable?
    }

    let tables: [StoredTable]
    let start: [String: [String: String]]
    let trackers: [String: [String: String]]
    let coverage: [Coverage]?
    let tombstones: [Tombstone]?
    let withheld: [String: [String]]?
}
