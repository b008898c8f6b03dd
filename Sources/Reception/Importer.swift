internal import Blocking
import Bundles
package import ControllerAPI
package import Database
import Files
package import Logging
import SQLite
import Tables
import Timestamps

/// Brings received bundles into the tables that analysts query, oldest first. Rows are keyed, so that a bundle
/// that is imported again after a crash changes nothing.
///
/// Several may work on one PostgreSQL database, in one program or in many. Each holds the bundle that it imports by a lock
/// on its record, for as long as its transaction lasts: others pass it over, and when the program or its machine ends,
/// the server undoes the transaction and gives the bundle to the next.
package actor Importer {
    private let store: Store
    private let spool: Spool
    private let logger: Logger
    private let executor = BackgroundExecutor("importer")

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// What was brought in.
    package struct Outcome: Sendable {
        package let agent: AgentKey
        package let project: ProjectKey
        package let run: RunID
        /// 0 also for a bundle that was set aside.
        package let rows: Int
        /// Whether it was imported rather than set aside.
        package let isImported: Bool
    }

    /// A bundle by its name.
    private struct Bundle {
        let agent: AgentKey
        let project: ProjectKey
        let run: RunID
    }

    /// - Parameter location: the controller's store, whose own tables exist. The analysts' tables are made.
    package init(_ location: StoreLocation, spool: Spool, logger: Logger) throws {
        store = try Store(location)
        self.spool = spool
        self.logger = logger
        if case .file(let connection) = store.backend {
            // Pages of the tables' keys, which come in no order: 32 MB.
            try connection.execute("PRAGMA cache_size = -32768")
        }
        try AnalysisSchema.prepare(store)
    }

    /// The same with an SQLite database.
    package init(database: String, spool: Spool, logger: Logger) throws {
        try self.init(.file(database), spool: spool, logger: logger)
    }

    /// Imports the oldest bundle that waits and that nobody else is importing; `nil` when there is none.
    ///
    /// A bundle that cannot be imported is set aside with the reason, and its files stay.
    package func importNext() throws -> Outcome? {
        let outcome: Outcome?
        switch store.dialect {
        case .sqlite:
            guard let bundle = try takeOldest() else { return nil }
            outcome = try take(bundle) { try importFiles(of: bundle) }
        case .postgreSQL:
            outcome = try store.transaction(.beside) {
                guard let bundle = try takeOldest() else { return nil }
                return try take(bundle) { try store.transaction(.beside) { try importFiles(of: bundle) } }
            }
        }
        guard let outcome else { return nil }
        if outcome.isImported {
            try Files.removeTree(spool.opened(outcome.agent, outcome.project, outcome.run))
            logger.info(
                "bundle imported",
                [
                    "agent.key": .text(outcome.agent.text), "project.key": .text(outcome.project.text),
                    "run.id": .text(outcome.run.text), "import.rows": .integer(outcome.rows),
                ])
        }
        return outcome
    }

    private func takeOldest() throws -> Bundle? {
        try store.first(
            """
            SELECT agent, project, run FROM controller_bundles WHERE state = 'received'
            ORDER BY run, agent, project LIMIT 1\(store.dialect.taking)
            """
        ) { row in
            Bundle(agent: try AgentKey(row[0]), project: try ProjectKey(row[1]), run: try RunID(row[2]))
        }
    }

    private func take(_ bundle: Bundle, importing: () throws -> Int) throws -> Outcome {
        let problem: String
        do {
            let rows = try importing()
            try finish(bundle, state: "imported", rows: rows)
            return Outcome(
                agent: bundle.agent, project: bundle.project, run: bundle.run, rows: rows, isImported: true)
        } catch let error as TableError {
            problem = "\(error)"
        } catch let error as ImportError {
            problem = "\(error)"
        }
        try finish(bundle, state: "failed", rows: nil, reason: problem)
        logger.error(
            "bundle could not be imported",
            [
                "agent.key": .text(bundle.agent.text), "project.key": .text(bundle.project.text),
                "run.id": .text(bundle.run.text), "error": .text(problem),
            ])
        return Outcome(
            agent: bundle.agent, project: bundle.project, run: bundle.run, rows: 0, isImported: false)
    }

    private func importFiles(of bundle: Bundle) throws -> Int {
        let directory = spool.opened(bundle.agent, bundle.project, bundle.run)
        guard try Files.status("\(directory)/\(Manifest.name)") != nil else { throw ImportError.filesMissing }
        var total = 0
        let listed = try Files.read("\(directory)/\(Manifest.name)")
        let manifest = try WireJSON.decode(Manifest.self, from: listed, subject: Manifest.name)
        for file in manifest.files {
            let path = "\(directory)/\(file.name)"
            switch file.kind {
            case .log: break
            case .tracker: try importTracker(file.name, path, bundle.project)
            case .table:
                guard let schema = try schema(of: file.name, manifest) else {
                    throw ImportError.unknownTable(file.name)
                }
                let table = ImportTable(schema, store.dialect)
                let converter = table.converter(
                    project: bundle.project.text, agent: bundle.agent.text, run: bundle.run.text)
                let rows = try TableImport(table: table, converter: converter).run(path, into: store)
                guard rows == file.rows else { throw ImportError.wrongCount(file.name) }
                total += rows
            }
        }
        return total
    }

    /// The table that a file is to be imported into, which is made if it is a declared one.
    private func schema(of file: String, _ manifest: Manifest) throws -> TableSchema? {
        if let schema = TableSchema.stored(in: file) { return schema }
        guard let declared = manifest.declared.first(where: { $0.fileName == file }), let schema = declared.schema
        else {
            return nil
        }
        return try AnalysisSchema.prepare(schema, store)
    }

    private func importTracker(_ file: String, _ path: String, _ project: ProjectKey) throws {
        let content = String(decoding: try Files.read(path), as: UTF8.self)
        try store.execute(
            """
            INSERT INTO controller_trackers (project, file, content, updated_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (project, file) DO UPDATE SET content = excluded.content, updated_at = excluded.updated_at
            """, project.text, file, content, Timestamp.now.rfc3339)
    }

    private func finish(_ bundle: Bundle, state: String, rows: Int?, reason: String? = nil) throws {
        try store.execute(
            """
            UPDATE controller_bundles SET state = ?, imported_at = ?, rows = ?, reason = ?
            WHERE agent = ? AND project = ? AND run = ?
            """, state, Timestamp.now.rfc3339, rows, reason, bundle.agent.text, bundle.project.text, bundle.run.text)
    }
}

/// Why a sound bundle cannot be imported.
enum ImportError: Error, CustomStringConvertible {
    /// The name of the file.
    case unknownTable(String)
    case wrongCount(String)
    /// The name of the table.
    case tooManyTables(String)
    case filesMissing

    var description: String {
        switch self {
        case .unknownTable(let file): "this controller does not know the table of \(file): it is older than the agent"
        case .wrongCount(let file): "\(file) has not as many rows as the manifest says"
        case .tooManyTables(let name):
            "the table \(name) would be one too many: this store has \(AnalysisSchema.declaredLimit) tables that agents declared, or the table \(AnalysisSchema.columnLimit) columns"
        case .filesMissing: "its opened files are not in the spool: is the spool shared by all controllers?"
        }
    }
}
