extension TableSchema {
    /// What Jira knows: issues in all their versions, and the things that they refer to.
    package static let jira: [TableSchema] = [
        .issue, .jiraComment, .jiraDeveloper, .jiraVersion, .jiraSprint, .jiraStatus, .jiraStatusCategory,
        .jiraIssueType, .jiraPriority, .jiraResolution, .jiraTestExecution, .jiraReadyStatus, .jiraIssueLink,
        .jiraLinkType, .jiraComponent, .jiraIssueComponent, .jiraSubtask,
    ]

    /// One version of an issue; `changelog_id` 0 is the issue as it was created. The file's name is the older agents'.
    package static let issue = TableSchema(
        name: "issue",
        columns: [
            .integer("issue_id"), .integer("changelog_id"), .text("key"), .integer("issuetype"), .integer("priority"),
            .integer("resolution"), .text("fixVersions"), .text("versions"), .text("bugfix"), .text("approved"),
            .text("approved_by_po"), .integer("watchers"), .date("created"), .date("updated"), .free("description"),
            .text("duedate"), .text("project"), .integer("status"), .personalHere("reporter"),
            .personalHere("assignee"),
            .free("additional_information"), .free("review_comments"), .decimal("storypoint"),
            .date("resolution_date"), .text("sprint"), .personalHere("updated_by"), .free("title"),
            .integer("attachment"),
            .text("rank_change"), .free("environment"), .text("epic"), .text("flagged"), .text("ready_status"),
            .free("ready_status_reason"), .integer("labels"), .text("external_project"), .integer("expected_ltcs"),
            .integer("expected_phtcs"), .free("test_given"), .free("test_when"), .free("test_then"),
            .integer("test_execution"), .integer("test_execution_time"),
        ],
        key: ["issue_id", "changelog_id"], repetition: .replaces, fileName: "data.json")

    package static let jiraComment = TableSchema(
        name: "comments",
        columns: [
            .integer("id"), .integer("issue_id"), .free("comment"), .personalHere("author"), .date("created_at"),
            .personalHere("updater"), .date("updated_at"),
        ], key: ["id"], repetition: .replaces)

    package static let jiraDeveloper = TableSchema(
        name: "developer", columns: [.personalHere("name"), .personalHere("display_name"), .personalHere("email")],
        key: ["name"],
        repetition: .replaces)

    package static let jiraVersion = TableSchema(
        name: "fixVersion",
        columns: [
            .text("id"), .text("name"), .free("description"), .text("start_date"), .text("release_date"),
            .text("released"),
        ], key: ["id"], repetition: .replaces)

    package static let jiraSprint = TableSchema(
        name: "sprint",
        columns: [
            .text("id"), .text("name"), .date("start_date"), .date("end_date"), .date("complete_date"), .free("goal"),
            .text("board_id"),
        ], key: ["id"], repetition: .replaces)

    package static let jiraStatus = TableSchema(
        name: "status", columns: [.text("id"), .text("name"), .free("description"), .number("statusCategory")],
        key: ["id"], repetition: .replaces)

    package static let jiraStatusCategory = TableSchema(
        name: "status_category", columns: [.number("id"), .text("key"), .text("name"), .text("color")], key: ["id"],
        repetition: .replaces)

    package static let jiraIssueType = named("issuetype", .free("description"))
    package static let jiraPriority = named("priority")
    package static let jiraResolution = named("resolution", .free("description"))
    package static let jiraReadyStatus = named("ready_status")
    package static let jiraLinkType = named("relationshiptype", .text("inward"), .text("outward"))
    package static let jiraComponent = named("component", .free("description"))

    package static let jiraTestExecution = TableSchema(
        name: "test_execution", columns: [.text("id"), .text("value")], key: ["id"], repetition: .replaces)

    /// `outward` `1`: from one to the other; `-1` the other way round. An end of `0`: the link is there still.
    package static let jiraIssueLink = TableSchema(
        name: "issuelinks",
        columns: [
            .text("from_key"), .text("to_key"), .text("relationshiptype"), .text("outward"), .date("start_date"),
            .date("end_date"),
        ], key: ["from_key", "to_key", "relationshiptype", "outward"], repetition: .replaces)

    package static let jiraIssueComponent = TableSchema(
        name: "issue_component",
        columns: [.text("issue_id"), .text("component_id"), .date("start_date"), .date("end_date")],
        key: ["issue_id", "component_id"], repetition: .replaces)

    package static let jiraSubtask = TableSchema(
        name: "subtasks", columns: [.text("from_id"), .text("to_id")], key: ["from_id", "to_id"])

    private static func named(_ name: String, _ columns: Column...) -> TableSchema {
        TableSchema(name: name, columns: [.text("id"), .text("name")] + columns, key: ["id"], repetition: .replaces)
    }
}
