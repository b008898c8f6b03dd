/// What Azure DevOps and Team Foundation Server know about teams and their work.
extension TableSchema {
    package static let tfsTeam = TableSchema(
        name: "tfs_team", columns: [.text("repo_name"), .text("team_name"), .free("description")],
        key: ["repo_name", "team_name"], repetition: .replaces)

    package static let tfsTeamMember = TableSchema(
        name: "tfs_team_member",
        columns: [.text("repo_name"), .text("team_name"), .personal("user"), .personal("username")],
        key: ["repo_name", "team_name", "user"], repetition: .replaces)

    package static let tfsSprint = TableSchema(
        name: "tfs_sprint",
        columns: [
            .text("repo_name"), .text("team_name"), .text("sprint_name"), .date("start_date"), .date("end_date"),
        ],
        key: ["repo_name", "team_name", "sprint_name"], repetition: .replaces)

    /// One row per revision of a work item; members that the revision does not have are left out.
    package static let tfsWorkItem = TableSchema(
        name: "tfs_work_item",
        columns: [
            .integer("issue_id"), .integer("changelog_id"), .text("status"), .text("issuetype"),
            .date("created_date"), .personal("reporter"), .personal("assignee"), .date("updated"),
            .personal("updated_by"), .free("title"), .free("description"), .integer("labels"),
            .integer("attachments"), .text("project_name"), .text("team_name"), .text("sprint_name"),
            .integer("priority"), .integer("rank_change"), .free("additional_information"), .text("severity"),
            .integer("impact"), .integer("business_value"), .date("duedate"), .decimal("story_points"),
            .text("topdesk_number"), .free("use_case"),
        ],
        key: ["issue_id", "changelog_id"], repetition: .replaces)

    package static let tfsDeveloper = TableSchema(
        name: "tfs_developer", columns: [.personal("display_name"), .personal("email")], key: ["display_name"],
        repetition: .replaces)
}
