/// What is said about changes before they are merged, on GitHub, GitLab and Azure DevOps alike.
extension TableSchema {
    /// One row per pull or merge request in its newest state.
    package static let mergeRequest = TableSchema(
        name: "merge_request",
        columns: [
            .text("repo_name"), .integer("id"), .free("title"), .free("description"), .text("status"),
            .free("source_branch"), .free("target_branch"), .personal("author"), .personal("author_username"),
            .personal("assignee"), .personal("assignee_username"), .integer("upvotes"), .integer("downvotes"),
            .date("created_at"), .date("updated_at"),
        ],
        key: ["repo_name", "id"], repetition: .replaces)

    /// One row per remark in the conversation of a request.
    package static let mergeRequestNote = TableSchema(
        name: "merge_request_note",
        columns: [
            .text("repo_name"), .integer("merge_request_id"), .integer("thread_id"), .integer("note_id"),
            .integer("parent_id"), .personal("author"), .personal("author_username"), .free("comment"),
            .date("created_at"), .date("updated_at"),
        ],
        key: ["repo_name", "merge_request_id", "thread_id", "note_id"], repetition: .replaces)

    /// One row per reviewer of a request.
    package static let mergeRequestReview = TableSchema(
        name: "merge_request_review",
        columns: [
            .text("repo_name"), .integer("merge_request_id"), .personal("reviewer"), .personal("reviewer_username"),
            .integer("vote"),
        ],
        key: ["repo_name", "merge_request_id", "reviewer"], repetition: .replaces)

    /// One row per remark on a commit, or on a line of a request's changes.
    package static let commitComment = TableSchema(
        name: "commit_comment",
        columns: [
            .text("repo_name"), .text("commit_id"), .integer("merge_request_id"), .integer("thread_id"),
            .integer("note_id"), .integer("parent_id"), .personal("author"), .personal("author_username"),
            .free("comment"), .free("file"), .integer("line"), .integer("end_line"), .text("line_type"),
            .date("created_date"), .date("updated_date"),
        ],
        // GitLab's remarks on commits have no number.
        key: ["repo_name", "commit_id", "merge_request_id", "thread_id", "note_id", "author", "created_date"],
        repetition: .replaces)
}
