/// Where the columns of an issue come from: which fields, which names the history has for them, and how to read them.
///
/// The names of custom fields differ from one installation to the next; a `jira_fields.json` of the older agents says them.
package struct JiraFields: Sendable, Equatable {
    enum Form: String, CaseIterable, Sendable {
        case text = "str"
        case unicode, int, identifier, decimal, date, boolean, developer, sprint, version, rank, flag, labels, project
        case count = "id_list"
        case issueKey = "issue_key"
        case readyStatus = "ready_status"
        /// Of a status, within a table of its own.
        case statusCategory = "status_category"
    }

    struct Field: Sendable, Equatable {
        let column: String
        /// A member of the issue itself in place of one of its fields.
        var primary: String?
        var field: String?
        var property: String?
        var history: String?
        var form: Form
        /// Whether the table of issues has no such column, so that it goes into one of its own.
        var isCustom = false
        /// What else of the field's object is told, once for each value of the property.
        var details: [Detail] = []
    }

    /// A member of a field's object.
    struct Detail: Sendable, Equatable {
        let name: String
        let form: Form
    }

    var fields: [Field]
    /// What the history calls the changes of components and links.
    var componentHistory = "Component"
    var linkHistory = "Link"
    /// Columns whose values are personal besides those of people.
    var personal: Set<String> = []

    /// The fields to ask for.
    var requested: [String] {
        var names: [String] = []
        for name in fields.compactMap(\.field) + ["comment", "components", "issuelinks", "subtasks", "creator"]
        where !names.contains(name) { names.append(name) }
        return names
    }

    /// The fields of every Jira, and the custom fields of the organisation that the older agents were made for.
    package init() {
        func of(_ column: String, _ field: String, _ form: Form, _ history: String? = nil, _ property: String? = nil)
            -> Field
        {
            Field(column: column, field: field, property: property, history: history, form: form)
        }
        fields = [
            Field(column: "issue_id", primary: "id", form: .int),
            Field(column: "key", primary: "key", history: "Key", form: .text),
            of("issuetype", "issuetype", .identifier, "issuetype", "id"),
            of("priority", "priority", .identifier, "priority", "id"),
            of("resolution", "resolution", .identifier, "resolution", "id"),
            of("fixVersions", "fixVersions", .version, "Fix Version"), of("versions", "versions", .version, "Version"),
            of("bugfix", "customfield_10404", .boolean, "Bug fix", "value"),
            of("approved", "customfield_10206", .boolean, "Approved", "value"),
            of("approved_by_po", "customfield_11702", .boolean, "Approved by Product Owner", "value"),
            of("watchers", "watches", .int, nil, "watchCount"), of("created", "created", .date),
            of("updated", "updated", .date), of("description", "description", .unicode, "description"),
            of("duedate", "duedate", .date), of("project", "project", .project, "project"),
            of("status", "status", .identifier, "status", "id"), of("reporter", "reporter", .developer, "reporter"),
            of("assignee", "assignee", .developer, "assignee"),
            of("additional_information", "customfield_10097", .unicode, "Additional information"),
            of("review_comments", "customfield_10209", .unicode, "Review comments"),
            of("storypoint", "customfield_10002", .decimal, "Story Points"),
            of("resolution_date", "resolutiondate", .date), of("sprint", "customfield_10207", .sprint, "Sprint"),
            of("title", "summary", .unicode, "summary"), of("attachment", "attachment", .count, "Attachment"),
            of("rank_change", "customfield_11400", .rank, "Rank"),
            of("environment", "environment", .unicode, "environment"),
            of("epic", "customfield_10405", .issueKey, "Epic Link"),
            of("flagged", "customfield_10000", .flag, "Flagged"),
            of("ready_status", "customfield_11504", .readyStatus, "Ready status"),
            of("ready_status_reason", "customfield_11503", .unicode, "Ready status reason"),
            of("labels", "labels", .labels, "labels"),
            of("external_project", "customfield_11701", .project, "ISR Project Picker"),
            of("expected_ltcs", "customfield_10210", .int, "Expected number of LTC's"),
            of("expected_phtcs", "customfield_10600", .int, "Expected number of PhTC's"),
            of("test_given", "customfield_10203", .unicode, "Given"),
            of("test_when", "customfield_10204", .unicode, "When"),
            of("test_then", "customfield_10205", .unicode, "Then"),
            of("test_execution", "customfield_10208", .identifier, "Test execution", "id"),
            of("test_execution_time", "customfield_11700", .int, "Execution time"),
        ]
    }
}
