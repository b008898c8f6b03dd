/// What GitHub and GitLab know about a repository besides its commits and reviews.
extension TableSchema {
    /// The tables of GitHub, GitLab and Azure DevOps.
    static let forges: [TableSchema] = [
        .mergeRequest, .mergeRequestNote, .mergeRequestReview, .commitComment, .gitHubRepo, .gitHubIssue,
        .gitHubIssueNote, .gitLabRepo, .gitLabIssue, .gitLabIssueNote, .tfsTeam, .tfsTeamMember, .tfsSprint,
        .tfsWorkItem, .tfsDeveloper,
    ]

    package static let gitHubRepo = TableSchema(
        name: "github_repo",
        columns: [
            .text("repo_name"), .integer("github_id"), .free("description"), .date("create_time"),
            .boolean("private"), .boolean("forked"), .integer("star_count"), .integer("watch_count"),
        ],
        key: ["repo_name", "github_id"], repetition: .replaces)

    /// One row per issue in its newest state; on GitHub each pull request is one as well.
    package static let gitHubIssue = TableSchema(
        name: "github_issue",
        columns: [
            .text("repo_name"), .integer("id"), .free("title"), .free("description"), .text("status"),
            .personal("author"), .personal("author_username"), .personal("assignee"), .personal("assignee_username"),
            .date("created_at"), .date("updated_at"), .integer("pull_request_id"), .integer("labels"),
            .date("closed_at"), .personal("closed_by"),
        ],
        key: ["repo_name", "id"], repetition: .replaces)

    /// One row per remark in the conversation of an issue.
    package static let gitHubIssueNote = TableSchema(
        name: "github_issue_note",
        columns: [
            .text("repo_name"), .integer("issue_id"), .integer("note_id"), .personal("author"),
            .personal("author_username"), .free("comment"), .date("created_at"), .date("updated_at"),
        ],
        key: ["repo_name", "issue_id", "note_id"], repetition: .replaces)

    package static let gitLabRepo = TableSchema(
        name: "gitlab_repo",
        columns: [
            .text("repo_name"), .integer("gitlab_id"), .free("description"), .date("create_time"),
            .boolean("archived"), .boolean("has_avatar"), .integer("star_count"),
        ],
        key: ["repo_name", "gitlab_id"], repetition: .replaces)

    /// One row per issue in its newest state, by its number within the project. The older system has no such table.
    package static let gitLabIssue = TableSchema(
        name: "gitlab_issue",
        columns: [
            .text("repo_name"), .integer("id"), .free("title"), .free("description"), .text("status"),
            .personal("author"), .personal("author_username"), .personal("assignee"), .personal("assignee_username"),
            .date("created_at"), .date("updated_at"), .integer("labels"), .date("closed_at"), .personal("closed_by"),
            .integer("upvotes"), .integer("downvotes"),
        ],
        key: ["repo_name", "id"], repetition: .replaces)

    /// One row per note about an issue. The older system has no such table.
    package static let gitLabIssueNote = TableSchema(
        name: "gitlab_issue_note",
        columns: [
            .text("repo_name"), .integer("issue_id"), .integer("note_id"), .personal("author"),
            .personal("author_username"), .free("comment"), .date("created_at"), .date("updated_at"),
        ],
        key: ["repo_name", "issue_id", "note_id"], repetition: .replaces)
}
