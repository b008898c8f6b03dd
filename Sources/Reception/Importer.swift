internal import Blocking
import Bundles
package import ControllerAPI
import Files
package import Logging
internal import SQLite
import Tables
import Timestamps

/// Brings received bundles into the tables that analysts query, oldest first. Rows are keyed, so that a bundle
/// that is imported again after a crash changes nothing.
package actor Importer {
    private let database: Connection
    private let spool: Spool
    private let logger: Logger
    private let executor = QueueExecutor("importer")

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// What was brought in.
    package struct Outcome: Sendable {
        package let agent: AgentKey
        package let project: ProjectKey
        package let run: RunID
        package let rows: Int
    }

    /// - Parameter database: the path of the controller's database, whose own tables exist.
    package init(database: String, spool: Spool, logger: Logger) throws {
        self.database = try Connection(database)
        self.spool = spool
        self.logger = logger
        // Pages of the tables' keys, which come in no order: 32 MB.
        try self.database.execute("PRAGMA cache_size = -32768")
    }

    /// Imports the oldest bundle that waits; `nil` when none does.
    ///
    /// A bundle that cannot be imported is set aside with the reason, and its files stay.
    package func importNext() throws -> Outcome? {
        let next = try database.first(
            "SELECT agent, project, run FROM controller_bundles WHERE state = 'received' ORDER BY run, agent, project LIMIT 1"
        ) { row in
            (agent: try AgentKey(row[0]), project: try ProjectKey(row[1]), run: try RunID(row[2]))
        }
        guard let next else { return nil }
        let directory = spool.opened(next.agent, next.project, next.run)
        do {
            let rows = try importFiles(in: directory, next.agent, next.project, next.run)
            try finish(next.agent, next.project, next.run, state: "imported", rows: rows)
            try Files.removeTree(directory)
            logger.info(
                "bundle imported",
                [
                    "agent.key": .text(next.agent.text), "project.key": .text(next.project.text),
                    "run.id": .text(next.run.text), "import.rows": .integer(rows),
                ])
            return Outcome(agent: next.agent, project: next.project, run: next.run, rows: rows)
        } catch let error as TableError {
            try setAside(next.agent, next.project, next.run, because: "\(error)")
        } catch let error as ImportError {
            try setAside(next.agent, next.project, next.run, because: "\(error)")
        }
        return Outcome(agent: next.agent, project: next.project, run: next.run, rows: 0)
    }

    private func importFiles(in directory: String, _ agent: AgentKey, _ project: ProjectKey, _ run: RunID) throws -> Int
    {
        var total = 0
        let listed = try Files.read("\(directory)/\(Manifest.name)")
        let manifest = try WireJSON.decode(Manifest.self, from: listed, subject: Manifest.name)
        for file in manifest.files {
            let path = "\(directory)/\(file.name)"
            switch file.kind {
            case .log: break
            case .tracker: try importTracker(file.name, path, project)
            case .table:
                guard let schema = TableSchema.stored(in: file.name) else { throw ImportError.unknownTable(file.name) }
                let rows = try importTable(schema, path) { row, table in
                    table.values(of: row, project: project.text, agent: agent.text, run: run.text)
                }
                guard rows == file.rows else { throw ImportError.wrongCount(file.name) }
                total += rows
            }
        }
        return total
    }

    /// Imports one table in many small transactions: others write to the database too, and rows that came twice do no harm.
    private func importTable(
        _ schema: TableSchema, _ path: String, values: (TableReader.StoredRow, ImportTable) -> [(any Storable)?]
    ) throws -> Int {
        let table = ImportTable(schema)
        try database.executeScript(table.definition)
        var rows = 0
        var reader = try TableReader(schema, path: path)
        while let batch = try reader.next() {
            try database.transaction {
                let insertion = try database.prepare(table.insertion)
                for row in batch { try insertion.execute(values(row, table)) }
            }
            rows += batch.count
        }
        return rows
    }

    private func importTracker(_ file: String, _ path: String, _ project: ProjectKey) throws {
        let content = String(decoding: try Files.read(path), as: UTF8.self)
        try database.execute(
            """
            INSERT INTO controller_trackers (project, file, content, updated_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (project, file) DO UPDATE SET content = excluded.content, updated_at = excluded.updated_at
            """, project.text, file, content, Timestamp.now.rfc3339)
    }

    private func setAside(_ agent: AgentKey, _ project: ProjectKey, _ run: RunID, because reason: String) throws {
        try finish(agent, project, run, state: "failed", rows: nil, reason: reason)
        logger.error(
            "bundle could not be imported",
            [
                "agent.key": .text(agent.text), "project.key": .text(project.text), "run.id": .text(run.text),
                "error": .text(reason),
            ])
    }

    private func finish(
        _ agent: AgentKey, _ project: ProjectKey, _ run: RunID, state: String, rows: Int?, reason: String? = nil
    ) throws {
        try database.execute(
            """
            UPDATE controller_bundles SET state = ?, imported_at = ?, rows = ?, reason = ?
            WHERE agent = ? AND project = ? AND run = ?
            """, state, Timestamp.now.rfc3339, rows, reason, agent.text, project.text, run.text)
    }
}

/// Why a sound bundle cannot be imported.
enum ImportError: Error, CustomStringConvertible {
    /// The name of the file.
    case unknownTable(String)
    case wrongCount(String)

    var description: String {
        switch self {
        case .unknownTable(let file): "this controller does not know the table of \(file): it is older than the agent"
        case .wrongCount(let file): "\(file) has not as many rows as the manifest says"
        }
    }
}
