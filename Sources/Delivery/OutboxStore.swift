internal import Bundles
internal import ControllerAPI
internal import SQLite
internal import Timestamps

/// The tables of the outbox.
final class OutboxStore {
    enum Stage: String {
        case waiting, damaged, delivered
    }

    private let database: Connection
    private let directory: String

    /// Delivered entries that are remembered, for people who ask what went when.
    private static let history = 1000

    /// Published ones never change; new ones are added.
    private static let migrations = [
        """
        CREATE TABLE outbox (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT NOT NULL UNIQUE,
            project TEXT NOT NULL,
            bundle BLOB NOT NULL,
            bytes INTEGER NOT NULL CHECK (bytes > 0),
            enqueued INTEGER NOT NULL,
            stage TEXT NOT NULL CHECK (stage IN ('waiting', 'damaged', 'delivered')),
            progress TEXT NOT NULL CHECK (progress IN ('none', 'uploaded', 'rejected')),
            attempts INTEGER NOT NULL DEFAULT 0,
            failed INTEGER,
            reason TEXT,
            is_permanent INTEGER,
            delivered INTEGER,
            receipt BLOB
        ) STRICT;
        CREATE INDEX outbox_by_stage ON outbox (stage, number);
        CREATE INDEX outbox_by_project ON outbox (project, number);
        CREATE TABLE tracker (
            project TEXT NOT NULL,
            name TEXT NOT NULL,
            content BLOB NOT NULL,
            run TEXT NOT NULL,
            PRIMARY KEY (project, name)
        ) STRICT, WITHOUT ROWID;
        """
    ]

    init(_ configuration: Outbox.Configuration) throws {
        database = try Connection(configuration.database)
        directory = configuration.directory
        try database.migrate(Self.migrations)
    }

    init(reading configuration: Outbox.Configuration) throws {
        database = try Connection(configuration.database, .readOnly)
        directory = configuration.directory
    }

    func transaction<Result>(_ body: () throws -> Result) throws -> Result { try database.transaction(body) }

    // MARK: Reading

    /// Bytes of the parts that take room.
    var size: Int {
        get throws { try database.first("SELECT coalesce(sum(bytes), 0) FROM outbox WHERE stage <> 'delivered'") ?? 0 }
    }

    /// Oldest first.
    func entries(_ stages: Stage...) throws -> [OutboxEntry] {
        let list = stages.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try database.all(
            """
            SELECT bundle, enqueued, stage, progress, attempts, failed, reason, is_permanent, delivered FROM outbox
            WHERE stage IN (\(list)) ORDER BY number
            """, row: entry)
    }

    private func entry(_ row: Row) throws -> OutboxEntry {
        let bundle = try WireJSON.decode(SealedBundle.self, from: try row[0], subject: "outbox entry")
        let stageText: String = try row[2]
        let progressText: String = try row[3]
        guard let stage = Stage(rawValue: stageText), let progress = OutboxEntry.Progress(rawValue: progressText) else {
            throw OutboxError(
                .unreadable, "run \(bundle.announcement.run)", "its state is none that this version knows")
        }
        let state: OutboxEntry.State =
            switch stage {
            case .waiting: .waiting
            case .damaged: .damaged
            case .delivered: .delivered(at: Timestamp(seconds: try row[8]))
            }
        var failure: OutboxEntry.Failure?
        if let failed: Int = try row[5] {
            failure = OutboxEntry.Failure(
                at: Timestamp(seconds: failed), reason: try row[6], isPermanent: try row[7])
        }
        return OutboxEntry(
            bundle: bundle, directory: "\(directory)/\(bundle.project)/\(bundle.announcement.run)",
            enqueued: Timestamp(seconds: try row[1]), state: state, progress: progress, attempts: try row[4],
            lastFailure: failure)
    }

    func trackers(of project: ProjectKey) throws -> [String: [UInt8]] {
        let rows: [(String, [UInt8])] = try database.all(
            "SELECT name, content FROM tracker WHERE project = ?", project.text
        ) { (try $0[0], try $0[1]) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    func lastRun(of project: ProjectKey) throws -> RunID? {
        let text: String? = try database.first(
            "SELECT run FROM outbox WHERE project = ? ORDER BY number DESC LIMIT 1", project.text)
        return try text.map { text in try RunID(text) }
    }

    // MARK: Writing

    func contains(_ run: RunID) throws -> Bool {
        let number: Int? = try database.first("SELECT number FROM outbox WHERE run = ?", run.text)
        return number != nil
    }

    func insert(_ entry: OutboxEntry) throws {
        let json = try WireJSON.encode(entry.bundle, subject: "outbox entry")
        try database.execute(
            """
            INSERT INTO outbox (run, project, bundle, bytes, enqueued, stage, progress)
            VALUES (?, ?, ?, ?, ?, 'waiting', 'none')
            """, entry.run.text, entry.project.text, json, entry.size, entry.enqueued.seconds)
    }

    func setTracker(_ name: String, _ content: [UInt8], of project: ProjectKey, by run: RunID) throws {
        try database.execute(
            """
            INSERT INTO tracker (project, name, content, run) VALUES (?, ?, ?, ?)
            ON CONFLICT (project, name) DO UPDATE SET content = excluded.content, run = excluded.run
            """, project.text, name, content, run.text)
    }

    func removeTrackers(of project: ProjectKey) throws {
        try database.execute("DELETE FROM tracker WHERE project = ?", project.text)
    }

    func setProgress(_ progress: OutboxEntry.Progress, of run: RunID) throws {
        try change(run, "UPDATE outbox SET progress = ? WHERE stage = 'waiting' AND run = ?", progress.rawValue)
    }

    func addFailure(_ failure: OutboxEntry.Failure, of run: RunID) throws {
        try change(
            run,
            """
            UPDATE outbox SET attempts = attempts + 1, failed = ?, reason = ?, is_permanent = ?
            WHERE stage = 'waiting' AND run = ?
            """, failure.at.seconds, failure.reason, failure.isPermanent)
    }

    func markDamaged(_ run: RunID, _ reason: String) throws {
        try change(
            run,
            """
            UPDATE outbox SET stage = 'damaged', failed = ?, reason = ?, is_permanent = TRUE
            WHERE stage = 'waiting' AND run = ?
            """, Timestamp.now.seconds, reason)
    }

    func markDelivered(_ run: RunID, _ receipt: Receipt) throws {
        let json = try receipt.json()
        try database.transaction {
            try change(
                run,
                """
                UPDATE outbox SET stage = 'delivered', delivered = ?, receipt = ?, failed = NULL, reason = NULL,
                is_permanent = NULL WHERE stage = 'waiting' AND run = ?
                """, Timestamp.now.seconds, json)
            try database.execute(
                """
                DELETE FROM outbox WHERE stage = 'delivered' AND number <= (
                    SELECT number FROM outbox WHERE stage = 'delivered' ORDER BY number DESC LIMIT 1 OFFSET ?)
                """, Self.history)
        }
    }

    func remove(_ run: RunID) throws { try change(run, "DELETE FROM outbox WHERE run = ?") }

    /// Runs a statement whose last value is the run, and sees that it found its entry.
    private func change(_ run: RunID, _ statement: String, _ values: (any Storable)?...) throws {
        try database.prepare(statement).execute(values + [run.text])
        guard database.changes == 1 else {
            throw OutboxError(.unknownRun, "run \(run)", "no such entry is in the outbox")
        }
    }
}
