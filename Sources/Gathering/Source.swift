package import Tables

/// One configured place that data comes from. A connector implements it for its system.
package protocol Source: Sendable {
    /// The name that its rows and cursors carry; for a repository the repository's name.
    var name: String { get }
    /// The tables that it fills. They are written, empty if need be, whenever the source is configured.
    var tables: [TableSchema] { get }
    /// Tables that are written only when there is a row for them.
    var occasionalTables: [TableSchema] { get }

    /// Gathers what is new since the cursors of the last gathering.
    ///
    /// Its records count only when it returns: what a source that throws has put out is dropped, and its cursors stay.
    /// When the task is cancelled it ends its programs and throws `CancellationError`.
    func gather(_ request: GatheringRequest) async throws -> SourceReport

    /// Makes one cheap request with the source's login, and says in a few words what answered.
    ///
    /// - Parameter storage: as for a gathering.
    /// - Returns: `nil` where nothing cheap is known.
    /// - Throws: why a gathering would fail now; `SourceFault` where there is advice. When the task is cancelled it ends its
    ///   programs.
    func reach(storage: String) async throws -> String?
}

extension Source {
    package var occasionalTables: [TableSchema] { [] }

    package func reach(storage: String) async throws -> String? { nil }
}

/// Why a source cannot be gathered, and what may be done about it.
package struct SourceFault: Error, Sendable, CustomStringConvertible {
    package let description: String
    package let advice: String?

    package init(_ description: String, advice: String?) {
        self.description = description
        self.advice = advice
    }
}

/// What a source is given for one gathering.
package struct GatheringRequest: Sendable {
    /// Where the source may keep what it needs again, such as a clone: a directory of the project, shared with
    /// the project's other sources.
    package let storage: String
    package let trackers: Trackers
    package let sprints: SprintCalendar
    package let output: SourceOutput
    package let activity: SourceActivity
    /// How many programs or connections the source may keep busy at once.
    package let parallelism: Int
    /// What it shares with the other sources; take one for each piece of heavy work.
    package let slots: Slots

    /// - Parameter slots: `nil` for as many as the parallelism, of its own.
    package init(
        storage: String, trackers: Trackers, sprints: SprintCalendar, output: SourceOutput, activity: SourceActivity,
        parallelism: Int, slots: Slots? = nil
    ) {
        self.storage = storage
        self.trackers = trackers
        self.sprints = sprints
        self.output = output
        self.activity = activity
        self.parallelism = parallelism
        self.slots = slots ?? Slots(parallelism)
    }
}

/// What a source tells of a gathering that succeeded.
package struct SourceReport: Sendable {
    /// A cursor that moves: the tracker file, the member of it, and the new value.
    package struct Cursor: Hashable, Sendable {
        package let tracker: Trackers.File
        package let value: String
        /// The name of the value, where it is not that of the source.
        package let member: String?
        /// Whether the value goes.
        package let isRemoval: Bool

        package init(_ tracker: Trackers.File, _ value: String, member: String? = nil) {
            self.init(tracker, value, member, isRemoval: false)
        }

        private init(_ tracker: Trackers.File, _ value: String, _ member: String?, isRemoval: Bool) {
            self.tracker = tracker
            self.value = value
            self.member = member
            self.isRemoval = isRemoval
        }

        /// Forgets a value.
        package static func removing(_ tracker: Trackers.File, member: String) -> Cursor {
            Cursor(tracker, "", member, isRemoval: true)
        }
    }

    /// Where the next gathering begins; none leaves the earlier ones as they are.
    package var cursors: [Cursor]
    /// What was left out or could not be read, one sentence each; any makes the run partial.
    package var gaps: [String]
    /// What somebody should know although nothing is missing, one sentence each.
    package var notes: [String]
    /// Per resource what was asked for and what came; the rows of tables that are not mentioned are counted anyway.
    package var coverage: [Coverage]
    /// What vanished since the last gathering.
    package var tombstones: [Tombstone]

    package init(
        cursors: [Cursor] = [], gaps: [String] = [], notes: [String] = [], coverage: [Coverage] = [],
        tombstones: [Tombstone] = []
    ) {
        self.cursors = cursors
        self.gaps = gaps
        self.notes = notes
        self.coverage = coverage
        self.tombstones = tombstones
    }
}
