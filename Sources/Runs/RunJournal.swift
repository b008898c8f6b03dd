import Blocking
package import ControllerAPI
import Files
import FoundationEssentials
import SQLite
import Timestamps

/// What the agent has gathered, when, why, and with what result. It lies in the agent's database, which is opened for each
/// call, so that nothing of it stays in the memory of an agent that waits.
package struct RunJournal: Sendable {
    private let database: String

    /// Runs that are remembered: a year of hourly ones.
    private static let history = 10_000

    /// Published ones never change; new ones are added.
    private static let migrations = [
        """
        CREATE TABLE run (
            id TEXT PRIMARY KEY,
            project TEXT NOT NULL,
            cause TEXT NOT NULL,
            started INTEGER NOT NULL,
            ended INTEGER,
            outcome TEXT,
            problem TEXT,
            advice TEXT,
            sources TEXT,
            rows INTEGER NOT NULL DEFAULT 0,
            bytes INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX run_by_project ON run (project, id);
        """,
        """
        CREATE TABLE gathering_start (project TEXT NOT NULL, started INTEGER NOT NULL) STRICT;
        CREATE INDEX gathering_start_by_project ON gathering_start (project, started);
        CREATE TABLE refusal (
            project TEXT NOT NULL,
            text TEXT NOT NULL,
            advice TEXT,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (project, text)
        ) STRICT, WITHOUT ROWID;
        """,
        """
        CREATE TABLE wish (
            project TEXT PRIMARY KEY,
            number INTEGER NOT NULL,
            controller TEXT NOT NULL,
            taken INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """,
    ]

    /// - Parameter state: the directory for what the agent keeps for itself.
    package init(state: String) { database = "\(state)/agent.sqlite" }

    // MARK: Writing

    /// Notes that a run begins. Whoever calls it has the `RunLock`: runs that have no end yet have none any more.
    /// - Parameter trigger: the number of the wish that it grants, which then waits no more.
    package func begin(_ run: RunRecord, granting trigger: Int? = nil) async throws {
        try await write { database in
            try database.execute(
                """
                UPDATE run SET ended = started, outcome = 'failed',
                problem = 'the agent ended before the run did',
                advice = 'Nothing is lost: the next run gathers the same again.'
                WHERE ended IS NULL
                """)
            try database.execute(
                "INSERT INTO run (id, project, cause, started) VALUES (?, ?, ?, ?)", run.id.text, run.project.text,
                run.cause.rawValue, run.start.seconds)
            if let trigger { try Self.grant(run.project, through: trigger, database) }
            try Self.forgetOld(database)
        }
    }

    /// Notes how a run that began has ended.
    package func end(_ id: RunID, _ result: RunResult) async throws {
        let sources = String(decoding: try JSONEncoder().encode(result.sources), as: UTF8.self)
        try await write { database in
            try database.execute(
                """
                UPDATE run SET ended = ?, outcome = ?, problem = ?, advice = ?, sources = ?, rows = ?, bytes = ?
                WHERE id = ?
                """, result.end.seconds, result.outcome.rawValue, result.problem, result.advice, sources, result.rows,
                result.bytes, id.text)
        }
    }

    /// Notes a run that did not begin, because the agent's owner does not permit it. The same again takes the place of the one
    /// before: however often somebody asks, what was done is not pushed out.
    /// - Parameter trigger: the number of the wish that is done with by this.
    package func refuse(_ run: RunRecord, _ result: RunResult, granting trigger: Int? = nil) async throws {
        try await write { database in
            try database.execute(
                """
                DELETE FROM run WHERE id = (SELECT max(id) FROM run WHERE project = ?)
                AND cause = ? AND outcome = ? AND problem = ? AND sources = ?
                """, run.project.text, run.cause.rawValue, result.outcome.rawValue, result.problem, Self.refused)
            try database.execute(
                """
                INSERT INTO run (id, project, cause, started, ended, outcome, problem, advice, sources)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, run.id.text, run.project.text, run.cause.rawValue, run.start.seconds, result.end.seconds,
                result.outcome.rawValue, result.problem, result.advice, Self.refused)
            if let trigger { try Self.grant(run.project, through: trigger, database) }
            try Self.forgetOld(database)
        }
    }

    /// No source was asked.
    private static let refused = "[]"

    private static func forgetOld(_ database: Connection) throws {
        try database.execute(
            "DELETE FROM run WHERE id <= (SELECT id FROM run ORDER BY id DESC LIMIT 1 OFFSET ?)", history)
    }

    func write(_ change: @escaping @Sendable (Connection) throws -> Void) async throws {
        try await blocking { _ in
            let connection = try Connection(database)
            try connection.migrate(Self.migrations, part: "runs")
            try connection.transaction { try change(connection) }
        }
    }

    // MARK: Reading

    /// The latest runs, the newest first.
    /// - Parameter project: of this one only.
    package func latest(_ count: Int, of project: ProjectKey? = nil) async throws -> [RunRecord] {
        try await read { database in
            try database.all(
                "SELECT \(Self.columns) FROM run WHERE ? IS NULL OR project = ? ORDER BY id DESC LIMIT ?",
                project?.text,
                project?.text, count, row: Self.record)
        }
    }

    /// The latest run of each project that has the outcome, or of any, the newest first.
    package func latestOfEach(_ outcome: RunResult.Outcome? = nil) async throws -> [RunRecord] {
        try await read { database in
            try database.all(
                """
                SELECT \(Self.columns) FROM run WHERE id IN (
                    SELECT max(id) FROM run WHERE ? IS NULL OR outcome = ? GROUP BY project) ORDER BY id DESC
                """, outcome?.rawValue, outcome?.rawValue, row: Self.record)
        }
    }

    /// One run; `nil` where there is none of that id.
    package func run(_ id: RunID) async throws -> RunRecord? {
        try await read { database in
            try database.all("SELECT \(Self.columns) FROM run WHERE id = ?", id.text, row: Self.record)
        }.first
    }

    private static let columns = "id, project, cause, started, ended, outcome, problem, advice, sources, rows, bytes"

    /// Nothing where no run was ever noted.
    /// - Parameter version: the migration that has to be made before there can be anything.
    func read<Item: Sendable>(since version: Int = 1, _ query: @escaping @Sendable (Connection) throws -> [Item])
        async throws -> [Item]
    {
        try await blocking { _ in
            guard try Files.status(database) != nil else { return [] }
            let connection = try Connection(database, .readOnly)
            guard try connection.version(of: "runs") >= version else { return [] }
            return try query(connection)
        }
    }

    private static func record(_ row: Row) throws -> RunRecord {
        let cause: String = try row[2]
        let outcome: String? = try row[5]
        let end: Int? = try row[4]
        var result: RunResult?
        if let end, let outcome {
            let sources: String? = try row[8]
            result = RunResult(
                end: Timestamp(seconds: end), outcome: RunResult.Outcome(rawValue: outcome) ?? .failed,
                problem: try row[6], advice: try row[7],
                sources: try sources.map {
                    try JSONDecoder().decode([RunResult.Source].self, from: Data($0.utf8))
                } ?? [], rows: try row[9], bytes: try row[10])
        }
        return RunRecord(
            id: try RunID(try row[0]), project: try ProjectKey(try row[1]),
            cause: RunCause(rawValue: cause) ?? .command,
            start: Timestamp(seconds: try row[3]), result: result)
    }
}
