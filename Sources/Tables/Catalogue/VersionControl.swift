extension TableSchema {
    /// One row per commit or revision of the gathered branch.
    package static let vcsVersions = TableSchema(
        name: "vcs_versions",
        columns: [
            .text("repo_name"), .text("version_id"), .integer("sprint_id"), .free("message"), .text("type"),
            .personal("developer"), .personal("developer_username"), .personal("developer_email"),
            .date("commit_date"), .date("author_date"),
            .integer("insertions"), .integer("deletions"), .integer("number_of_files"), .integer("number_of_lines"),
            .integer("size"), .free("branch"),
        ],
        key: ["repo_name", "version_id"])

    /// One row per path that a commit changed against its first parent.
    package static let changePath = TableSchema(
        name: "change_path",
        columns: [
            .text("repo_name"), .text("version_id"), .free("file"), .text("change_type"),
            .integer("insertions"), .integer("deletions"), .integer("size"),
        ],
        key: ["repo_name", "version_id", "file"])

    /// One row per tag, the complete list at each gathering.
    package static let tag = TableSchema(
        name: "tag",
        columns: [
            .text("repo_name"), .text("tag_name"), .text("version_id"), .free("message"), .date("tagged_date"),
            .personal("tagger"), .personal("tagger_email"),
        ],
        key: ["repo_name", "tag_name"], repetition: .replaces)

    /// One row per thing that happened to a branch or a tag. For a plain Git repository that is what was noticed
    /// between two gatherings: a branch pushed by force (`forced push`) or deleted, a tag moved or deleted, each with the
    /// commit that it named before.
    package static let vcsEvent = TableSchema(
        name: "vcs_event",
        columns: [
            .text("repo_name"), .text("version_id"), .text("action"), .text("kind"), .free("ref"),
            .personal("user"), .personal("username"), .personal("email"), .date("date"),
        ],
        key: ["repo_name", "version_id", "action", "kind", "ref", "user", "username", "email", "date"])
}
