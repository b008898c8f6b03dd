internal import Blocking
internal import Cryptography
internal import Fleet
internal import Synchronization

/// Compares passwords, one at a time: each comparison takes tens of megabytes and some tenths of a second, and nothing
/// else waits for it.
actor PasswordDesk {
    private let executor = QueueExecutor("passwords")
    private let waiting = Atomic(0)

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Those who wait for their turn; more find the desk closed.
    private static let limit = 16

    /// What a name without account is compared with, so that it takes as long as one with.
    private lazy var nobody = Result { try PasswordHash(of: Random.bytes(32)) }

    /// - Parameter hash: of the account; `nil` where there is none.
    /// - Throws: `Denial` where too many wait.
    nonisolated func matches(_ password: String, _ hash: PasswordHash?) async throws -> Bool {
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.limit else {
            waiting.subtract(1, ordering: .relaxed)
            throw Denial(503, "Too many log in at this moment. Try again in a few seconds.", retryAfter: 5)
        }
        defer { waiting.subtract(1, ordering: .relaxed) }
        return try await compare(password, hash)
    }

    private func compare(_ password: String, _ hash: PasswordHash?) throws -> Bool {
        let isRight = try (hash ?? nobody.get()).matches(Array(password.utf8))
        return isRight && hash != nil
    }
}
