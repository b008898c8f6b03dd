extension TableSchema {
    /// Every table that an agent can deliver.
    package static let catalogue: [TableSchema] = [.vcsVersions, .changePath, .tag]

    package static func named(_ name: String) -> TableSchema? { catalogue.first { $0.name == name } }
}
