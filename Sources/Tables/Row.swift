/// A row that may leave: its personal values are pseudonyms, or it says that they are not.
package struct Row: Sendable {
    package enum Protection: Sendable {
        /// The table has no personal columns.
        case unneeded
        /// Personal values stand in the clear (`encrypted` is `0`); such a table is never sealed.
        case none
        /// Personal values are pseudonyms (`encrypted` is `1`).
        case pseudonymised
    }

    /// One value per column of the schema, in its order; `nil` leaves the member out.
    package let values: [String?]
    package let protection: Protection

    package init(values: [String?], protection: Protection) {
        self.values = values
        self.protection = protection
    }
}
