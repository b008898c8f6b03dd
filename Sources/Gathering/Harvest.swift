package import Tables

/// What one gathering of a project brought.
package struct Harvest: Sendable {
    package let tables: [Table]
    /// Where the next gathering begins, once this one is safe.
    package let trackers: Trackers
    /// One per source, in their order.
    package let outcomes: [SourceOutcome]
}

/// How it went with one source.
package struct SourceOutcome: Sendable {
    package enum State: Sendable {
        case complete
        /// Something could not be read: a sentence each.
        case partial([String])
        /// Nothing of it counts; the reason.
        case failed(String)
    }

    package let source: String
    package let state: State
    package let duration: Duration
}
