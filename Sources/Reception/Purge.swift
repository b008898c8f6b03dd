package import ControllerAPI
package import Database
import Files
import SQLite
package import Timestamps

/// Removes what is no longer wanted: looked for first, then removed, with a line in the audit trail.
///
/// The record of each bundle stays, so that one that is announced again is not imported again.
package struct Purge {
    /// What can be removed.
    package enum Kind: String, CaseIterable, Sendable {
        /// The sealed parts of bundles that were imported.
        case bundles
        /// Bundles that could not be imported, with their opened files.
        case failed
        /// Parts that were refused.
        case quarantine
        /// What agents began to upload and never announced.
        case uploads
        /// Rows of the tables that analysts query, by the run that brought them last.
        case rows
        /// How far gathering came, as imports told: an agent that lost its own gathers everything again.
        case trackers
    }

    /// What is to be removed.
    package struct Selection: Sendable {
        package var kinds: Set<Kind>
        /// Only what came before this moment.
        package var before: Timestamp
        /// Only what is of this agent, of this project.
        package var agent: AgentKey?
        package var project: ProjectKey?

        package init(_ kinds: Set<Kind>, before: Timestamp, agent: AgentKey? = nil, project: ProjectKey? = nil) {
            self.kinds = kinds
            self.before = before
            self.agent = agent
            self.project = project
        }
    }

    /// One directory, or the rows of one table.
    package struct Find: Encodable, Sendable {
        package let kind: String
        /// `AGENT/PROJECT/RUN`, or the name of a table.
        package let name: String
        package let bytes: Int
        package let rows: Int
        /// The directories that go.
        let paths: [String]

        private enum CodingKeys: String, CodingKey { case kind, name, bytes, rows }
    }

    private let store: Store
    private let spool: Spool
    private let selection: Selection

    package init(_ location: StoreLocation, spool: Spool, _ selection: Selection) throws {
        store = try Store(location)
        self.spool = spool
        self.selection = selection
    }

    // MARK: Looking

    /// What `remove` would remove now. Nothing is changed.
    package func find() throws -> [Find] {
        var finds: [Find] = []
        for kind in Kind.allCases where selection.kinds.contains(kind) {
            switch kind {
            case .bundles: finds += try bundles(kind, state: "imported")
            case .failed: finds += try bundles(kind, state: "failed")
            case .quarantine: finds += try directories(kind, spool.quarantine, below: "")
            case .uploads: finds += try directories(kind, "\(spool.root)/incoming", below: "/export")
            case .rows: finds += try tables()
            case .trackers: finds += try trackers()
            }
        }
        return finds
    }

    private func bundles(_ kind: Kind, state: String) throws -> [Find] {
        let found = try store.all(
            """
            SELECT agent, project, run FROM controller_bundles
            WHERE state = ? AND imported_at < ? AND (? = '' OR agent = ?) AND (? = '' OR project = ?)
            ORDER BY agent, project, run
            """, state, selection.before.rfc3339, agent, agent, project, project
        ) { row in (agent: try AgentKey(row[0]), project: try ProjectKey(row[1]), run: try RunID(row[2])) }
        return try found.compactMap { agent, project, run in
            let paths = try [spool.bundle(agent, project, run), spool.opened(agent, project, run)].filter { path in
                try Files.status(path) != nil
            }
            guard !paths.isEmpty else { return nil }
            return Find(
                kind: kind.rawValue, name: "\(agent)/\(project)/\(run)",
                bytes: try paths.reduce(0) { try $0 + size($1) },
                rows: 0, paths: paths)
        }
    }

    /// Directories of runs, `AGENT<below>/PROJECT/RUN`, in which nothing has changed for long enough.
    private func directories(_ kind: Kind, _ root: String, below: String) throws -> [Find] {
        var finds: [Find] = []
        for agent in try list(root) where selection.agent.map({ $0.text == agent }) ?? true {
            for project in try list("\(root)/\(agent)\(below)")
            where selection.project.map({ $0.text == project }) ?? true {
                let directory = "\(root)/\(agent)\(below)/\(project)"
                for run in try list(directory) {
                    let path = "\(directory)/\(run)"
                    guard try Files.status(path)?.kind == .directory, try newest(path) < selection.before.seconds else {
                        continue
                    }
                    finds.append(
                        Find(
                            kind: kind.rawValue, name: "\(agent)/\(project)/\(run)", bytes: try size(path), rows: 0,
                            paths: [path]))
                }
            }
        }
        return finds
    }

    private func tables() throws -> [Find] {
        try ImportedTables.names(in: store).compactMap { name in
            let count: Int =
                try store.first(
                    "SELECT COUNT(*) FROM \"\(name)\" WHERE \(Self.condition)", selection.before.rfc3339, agent, agent,
                    project, project) ?? 0
            return count == 0 ? nil : Find(kind: Kind.rows.rawValue, name: name, bytes: 0, rows: count, paths: [])
        }
    }

    /// They are of projects, not of agents.
    private func trackers() throws -> [Find] {
        guard selection.agent == nil else { return [] }
        return try store.all(
            """
            SELECT project, COUNT(*) FROM controller_trackers WHERE \(Self.trackerCondition)
            GROUP BY project ORDER BY project
            """, selection.before.rfc3339, project, project
        ) { row in
            Find(kind: Kind.trackers.rawValue, name: try row[0], bytes: 0, rows: try row[1], paths: [])
        }
    }

    private static let trackerCondition = "updated_at < ? AND (? = '' OR project = ?)"

    /// Rows whose run was imported before a moment; a run is of one agent and project.
    private static let condition = """
        run IN (
            SELECT run FROM controller_bundles
            WHERE imported_at < ? AND (? = '' OR agent = ?) AND (? = '' OR project = ?)
        )
        """

    private var agent: String { selection.agent?.text ?? "" }
    private var project: String { selection.project?.text ?? "" }

    // MARK: Removing

    /// Removes what is found now.
    /// - Returns: what was removed.
    package func remove() throws -> [Find] {
        let finds = try find()
        guard !finds.isEmpty else { return [] }
        for find in finds {
            for path in find.paths { try Files.removeTree(path) }
        }
        try store.transaction {
            for find in finds where find.kind == Kind.rows.rawValue {
                try store.execute(
                    "DELETE FROM \"\(find.name)\" WHERE \(Self.condition)", selection.before.rfc3339, agent, agent,
                    project, project)
            }
            if finds.contains(where: { $0.kind == Kind.trackers.rawValue }) {
                try store.execute(
                    "DELETE FROM controller_trackers WHERE \(Self.trackerCondition)", selection.before.rfc3339,
                    project, project)
            }
            let kinds = Kind.allCases.compactMap { kind in
                let count = finds.filter { $0.kind == kind.rawValue }.reduce(0) {
                    $0 + max($1.rows, $1.paths.isEmpty ? 0 : 1)
                }
                return count == 0 ? nil : "\(kind.rawValue): \(count)"
            }
            try store.execute(
                "INSERT INTO controller_audit (at, event, agent, project, detail) VALUES (?, 'purged', ?, ?, ?)",
                Timestamp.now.rfc3339, selection.agent?.text, selection.project?.text,
                "before \(selection.before.rfc3339), \(kinds.joined(separator: ", "))")
        }
        return finds
    }

    // MARK: Directories

    private func list(_ path: String) throws -> [String] {
        guard try Files.status(path)?.kind == .directory else { return [] }
        return try Files.list(path).sorted()
    }

    private func size(_ path: String) throws -> Int {
        guard let status = try Files.status(path) else { return 0 }
        guard status.kind == .directory else { return status.size }
        return try list(path).reduce(0) { try $0 + size("\(path)/\($1)") }
    }

    /// When anything in it last changed, in seconds since 1970.
    private func newest(_ path: String) throws -> Int {
        guard let status = try Files.status(path) else { return 0 }
        guard status.kind == .directory else { return status.modified }
        return try list(path).reduce(status.modified) { max($0, try newest("\(path)/\($1)")) }
    }
}
