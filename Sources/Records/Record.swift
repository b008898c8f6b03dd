package import Tables

/// What a source tells about one thing, as it said it: personal values are still in the clear.
///
/// Only `Pseudonyms` turns it into a `Row`, which is all that tables, bundles and delivery know.
package struct Record: Sendable {
    package let schema: TableSchema
    /// One value per column of the schema, in its order; `nil` leaves the member out.
    package let values: [String?]
    /// Whether somebody else has made pseudonyms of its personal values.
    package let isPseudonymised: Bool

    /// - Precondition: as many values as the schema has columns.
    package init(_ schema: TableSchema, _ values: [String?], isPseudonymised: Bool = false) {
        self.isPseudonymised = isPseudonymised
        precondition(values.count == schema.columns.count, "a record of \(schema.name) has one value per column")
        self.schema = schema
        self.values = values
    }
}

/// The placeholder for what is unknown or does not apply, for any kind of field.
package let unknown = "0"
