package import Database

/// The controller's own tables, as a whole.
package enum FleetStore {
    /// How many changes of the tables this version of the program knows.
    package static var latestVersion: Int { FleetSchema.migrations.count }

    /// How many of them the store has had. Nothing is changed.
    package static func version(_ location: StoreLocation) throws -> Int { try Store(location).schemaVersion }

    /// Makes the changes that the store has not had, all or none.
    package static func migrate(_ location: StoreLocation) throws {
        try Store(location).migrate(FleetSchema.migrations)
    }
}
