package import Database

/// The tables that analysts query, as a whole.
package enum AnalysisStore {
    /// Makes the tables, columns and views that are missing.
    package static func prepare(_ location: StoreLocation) throws { try AnalysisSchema.prepare(Store(location)) }

    /// The tables, and columns of them, that are missing. Nothing is changed.
    package static func missing(_ location: StoreLocation) throws -> [String] {
        try AnalysisSchema.missing(Store(location))
    }
}
