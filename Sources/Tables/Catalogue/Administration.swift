extension TableSchema {
    /// What lists and directories outside of the development systems know.
    package static let administration: [TableSchema] = [.project, .reservation, .seat, .member]

    /// What a project is called elsewhere. The file is one object.
    package static let project = TableSchema(
        name: "project",
        columns: [
            .text("jira_key"), .text("jira_name"), .nullable("github_team"), .nullable("gitlab_group_name"),
            .nullable("tfs_collection"), .nullable("quality_name"), .nullable("main_project"), .flag("is_support_team"),
            .text("quality_display_name"),
        ], key: ["jira_key"], repetition: .replaces, isObject: true)

    /// A reservation of a room in Topdesk.
    package static let reservation = TableSchema(
        name: "reservations",
        columns: [
            .text("reservation_id"), .personalHere("requester"), .integer("number_of_people"), .free("description"),
            .date("start_date"), .date("end_date"), .date("prepare_date"), .date("close_date"),
        ], key: ["reservation_id"], repetition: .replaces)

    /// How many seats a project has in a month, `YYYY-MM`.
    package static let seat = TableSchema(
        name: "seats", columns: [.text("month"), .decimal("seats")], key: ["month"], repetition: .replaces)

    /// A member of a project's group in a directory.
    package static let member = TableSchema(
        name: "ldap", columns: [.personalHere("name"), .personalHere("display_name"), .personalHere("email")],
        key: ["name"],
        repetition: .replaces)
}
