internal import Database

/// A view for analysts. `Documentation/store.md` explains each.
struct AnalysisView: Sendable {
    let name: String
    let query: @Sendable (Dialect) -> String

    static let all: [AnalysisView] = [
        AnalysisView(name: "commits_per_week") { dialect in
            """
            SELECT project, repo_name, \(dialect.week("commit_date")) AS week, COUNT(*) AS commits,
            SUM(insertions) AS insertions, SUM(deletions) AS deletions
            FROM vcs_versions GROUP BY 1, 2, 3
            """
        },
        AnalysisView(name: "authors_per_week") { dialect in
            """
            SELECT project, \(dialect.week("commit_date")) AS week, COUNT(DISTINCT developer) AS authors,
            COUNT(*) AS commits FROM vcs_versions GROUP BY 1, 2
            """
        },
        AnalysisView(name: "churn_per_file") { _ in
            """
            SELECT project, repo_name, file, COUNT(*) AS commits, SUM(insertions) AS insertions,
            SUM(deletions) AS deletions FROM change_path GROUP BY 1, 2, 3
            """
        },
        AnalysisView(name: "latest_commits") { _ in
            """
            SELECT project, repo_name, MAX(commit_date) AS commit_date, COUNT(*) AS commits
            FROM vcs_versions GROUP BY 1, 2
            """
        },
        AnalysisView(name: "open_issues") { _ in
            """
            SELECT project, repo_name, id, title, labels, created_at, updated_at FROM github_issue
            WHERE closed_at IS NULL AND COALESCE(pull_request_id, 0) = 0
            AND status NOT IN ('closed', 'merged')
            """
        },
        AnalysisView(name: "open_merge_requests") { _ in
            """
            SELECT project, repo_name, id, title, source_branch, target_branch, created_at, updated_at
            FROM merge_request WHERE status IN ('open', 'opened', 'active')
            """
        },
        AnalysisView(name: "imported_runs") { _ in
            """
            SELECT agent, project, run, manifest_sha256, size, received_at, imported_at, rows
            FROM controller_bundles WHERE state = 'imported'
            """
        },
    ]
}

extension Dialect {
    /// The Monday of the week that a column's date is in, `YYYY-MM-DD`; null for what is no date.
    fileprivate func week(_ column: String) -> String {
        switch self {
        case .sqlite: "date(\(column), 'weekday 0', '-6 days')"
        case .postgreSQL:
            """
            CASE WHEN \(column) ~ '^\\d{4}-\\d\\d-\\d\\d'
            THEN to_char(date_trunc('week', to_date(left(\(column), 10), 'YYYY-MM-DD')::timestamp), 'YYYY-MM-DD') END
            """
        }
    }
}
