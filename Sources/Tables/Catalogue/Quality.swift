extension TableSchema {
    /// What quality servers and build servers know about a project.
    package static let quality: [TableSchema] = [
        .metrics, .metricVersions, .metricTargets, .metricDefaults, .sourceIDs, .jenkins,
    ]

    /// One measurement of a metric. `since_date` is when the value came up, where the server says it.
    package static let metrics = TableSchema(
        name: "metrics",
        columns: [
            .text("name"), .text("base_name"), .text("domain_name"), .decimal("value"), .text("category"),
            .date("date"),
            .date("since_date"),
        ],
        key: ["name", "date"], repetition: .replaces)

    /// A moment at which targets of metrics changed, and who changed them where that is known.
    package static let metricVersions = TableSchema(
        name: "metric_versions",
        columns: [
            .text("version_id"), .date("commit_date"), .personalHere("developer"), .personalHere("email"),
            .free("message"),
        ],
        key: ["version_id"], repetition: .replaces)

    /// The target of a metric from a revision on. `default` says that it is the one of the server's own model.
    package static let metricTargets = TableSchema(
        name: "metric_targets",
        columns: [
            .text("base_name"), .text("domain_name"), .text("domain_type"), .text("direction"), .text("scale"),
            .text("perfect_value"), .text("number_of_sources"), .text("version_id"), .date("commit_date"),
            .text("default"), .text("low_target"), .text("target"), .text("debt_target"), .free("comment"),
            .text("name"), .text("revision"),
        ],
        key: ["name", "revision"], repetition: .replaces)

    /// What the server's model says of a kind of metric.
    package static let metricDefaults = TableSchema(
        name: "metric_defaults",
        columns: [
            .text("base_name"), .text("version_id"), .date("commit_date"), .text("direction"), .text("target_value"),
            .text("low_target_value"), .text("perfect_value"), .text("scale"),
        ],
        key: ["base_name", "version_id"])

    /// What a part of the project is called at another server.
    package static let sourceIDs = TableSchema(
        name: "source_ids",
        columns: [
            .text("domain_name"), .text("url"), .text("source_id"), .text("source_type"), .text("domain_type"),
        ],
        key: ["domain_name", "url", "source_id"], repetition: .replaces)

    /// How much a build server holds. The file is one object.
    package static let jenkins = TableSchema(
        name: "jenkins", columns: [.text("host"), .number("jobs"), .number("views"), .number("nodes")], key: ["host"],
        repetition: .replaces, isObject: true)
}
