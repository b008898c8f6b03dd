package import ControllerAPI
package import Database

/// What became of the bundles that agents delivered.
package struct RunList: Encodable, Sendable {
    package struct Run: Encodable, Sendable {
        package let agent: String
        package let project: String
        package let run: String
        /// `received`, `imported` or `failed`.
        package let state: String
        /// Whether the agent signed it; those of the older system do not.
        package let signed: Bool
        /// Bytes of the sealed parts.
        package let size: Int
        /// RFC 3339.
        package let received: String
        package let imported: String?
        package let rows: Int?
        /// Why it could not be imported.
        package let reason: String?
    }

    /// How many there are of each state.
    package let counts: [String: Int]
    /// Of all imports.
    package let rows: Int
    /// When the oldest was received that is not yet imported.
    package let waitingSince: String?
    /// The newest first.
    package let runs: [Run]

    private enum CodingKeys: String, CodingKey {
        case counts, rows, runs
        case waitingSince = "waiting_since"
    }

    /// - Parameter limit: how many runs are listed.
    package init(_ location: StoreLocation, project: ProjectKey?, limit: Int) throws {
        let store = try Store(location)
        let listed = try store.all("SELECT state, COUNT(*) FROM controller_bundles GROUP BY state") { row in
            (try row[0] as String, try row[1] as Int)
        }
        counts = Dictionary(uniqueKeysWithValues: listed)
        rows = try store.first("SELECT COALESCE(SUM(rows), 0) FROM controller_bundles") ?? 0
        waitingSince = try store.first(
            "SELECT received_at FROM controller_bundles WHERE state = 'received' ORDER BY received_at LIMIT 1")
        runs = try store.all(
            """
            SELECT agent, project, run, state, size, received_at, imported_at, rows, reason, is_signed FROM controller_bundles
            WHERE project = ? OR ? = '' ORDER BY received_at DESC, run DESC LIMIT \(limit)
            """, project?.text ?? "", project?.text ?? ""
        ) { row in
            Run(
                agent: try row[0], project: try row[1], run: try row[2], state: try row[3], signed: try row[9],
                size: try row[4],
                received: try row[5], imported: try row[6], rows: try row[7], reason: try row[8])
        }
    }
}
