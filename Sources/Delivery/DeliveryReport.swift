package import ControllerAPI

/// What one call of the courier came to.
package struct DeliveryReport: Sendable {
    /// An entry that stays in the outbox.
    package struct Failure: Sendable {
        package let run: RunID
        package let project: ProjectKey
        package let reason: String
        /// What an operator may do about it.
        package let advice: String?
        /// Whether trying again can help without anybody's doing.
        package let isPermanent: Bool
    }

    package internal(set) var delivered: [Receipt] = []
    /// Bytes of the parts of what was delivered.
    package internal(set) var bytes = 0
    package internal(set) var failures: [Failure] = []
    /// Entries that were not tried, because an earlier one of their project, or all, failed.
    package internal(set) var untried = 0

    package var isComplete: Bool { failures.isEmpty && untried == 0 }
}

/// How far the delivery of one entry is.
package struct DeliveryProgress: Sendable {
    package let run: RunID
    package let project: ProjectKey
    /// Bytes at the controller.
    package let uploaded: Int
    /// Bytes of the entry.
    package let total: Int
}
