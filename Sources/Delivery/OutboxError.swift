/// Why the outbox does not take or give something. What its files and its database fail with comes as `FileError` and
/// `SQLiteError`.
package struct OutboxError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// As much waits as may wait.
        case full
        /// Another process works with the outbox.
        case inUse
        /// A bundle of this run is in it already.
        case alreadyEnqueued
        /// The parts on the disk are not those of the bundle.
        case incomplete
        /// No bundle of this run waits.
        case unknownRun
        /// What the database holds about an entry cannot be read.
        case unreadable
    }

    package let code: Code
    /// A run, or the outbox itself.
    package let subject: String
    package let reason: String

    init(_ code: Code, _ subject: String, _ reason: String) {
        self.code = code
        self.subject = subject
        self.reason = reason
    }

    package var description: String { "\(subject): \(reason)" }

    /// What an operator may do about it.
    package var advice: String? {
        switch code {
        case .full:
            "See why bundles are not delivered, or let more wait with OUTBOX_LIMIT; what was gathered before is kept."
        case .inUse: "Wait until the other run of the agent has ended."
        default: nil
        }
    }
}
