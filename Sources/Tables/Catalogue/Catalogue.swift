extension TableSchema {
    /// Every table that an agent can deliver.
    package static let catalogue: [TableSchema] =
        [.vcsVersions, .changePath, .tag, .vcsEvent] + forges + jira + quality + administration

    /// The table that a file of this name holds.
    package static func stored(in fileName: String) -> TableSchema? { catalogue.first { $0.fileName == fileName } }
}
