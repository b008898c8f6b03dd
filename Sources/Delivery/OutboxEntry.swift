package import Bundles
package import ControllerAPI
package import Timestamps

/// A bundle in the outbox.
package struct OutboxEntry: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// Not delivered yet.
        case waiting
        /// Its parts are missing on the disk or are not what they were: nobody can deliver it.
        case damaged
        /// The controller has it, verified.
        case delivered(at: Timestamp)
    }

    /// What the last attempt to deliver it came to.
    package struct Failure: Sendable, Hashable {
        package let at: Timestamp
        package let reason: String
        /// Whether the controller refused the bundle, rather than that nobody could be reached.
        package let isPermanent: Bool
    }

    /// What an earlier attempt says about how to go on.
    package enum Progress: String, Sendable, Hashable {
        /// Nothing, or some of the parts, may be at the controller.
        case none
        /// All parts have been uploaded: perhaps only the receipt got lost.
        case uploaded
        /// The controller found the parts wrong: they are to be uploaded anew.
        case rejected
    }

    package let bundle: SealedBundle
    /// Where its parts are.
    package let directory: String
    package let enqueued: Timestamp
    package let state: State
    package let progress: Progress
    /// Attempts so far that failed.
    package let attempts: Int
    package let lastFailure: Failure?

    package var run: RunID { bundle.announcement.run }
    package var project: ProjectKey { bundle.project }
    package var size: Int { bundle.size }
}
