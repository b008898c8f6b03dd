package import Commands
package import Files

/// Keeps two gatherings of one agent from running at once, in whatever processes. It is held as long as the value lives;
/// a crash frees it.
package struct RunLock: ~Copyable, Sendable {
    private let lock: FileLock

    /// - Parameter state: the directory for what the agent keeps for itself; it is made where there is none.
    /// - Throws: `RunInProgress`, `FileError`.
    package init(state: String) async throws {
        try Files.makeDirectory(state, permissions: 0o700)
        // Whoever only asks whether the lock is held has it for a moment.
        for _ in 0..<Self.tries {
            if let lock = try Self.take(state) {
                self.lock = lock
                return
            }
            try await Task.sleep(for: Self.pause)
        }
        throw RunInProgress()
    }

    private static let tries = 5
    private static let pause = Duration.milliseconds(50)

    private static func path(_ state: String) -> String { "\(state)/run.lock" }

    private static func take(_ state: String) throws(FileError) -> FileLock? {
        do throws(FileError) {
            return try FileLock(path(state))
        } catch {
            guard error.isHeldElsewhere else { throw error }
            return nil
        }
    }

    /// Whether somebody gathers at the moment.
    package static func isHeld(state: String) throws(FileError) -> Bool {
        guard try Files.status(path(state)) != nil else { return false }
        return try take(state) == nil
    }
}

/// Another gathering of the same agent is under way.
package struct RunInProgress: Failure, Equatable {
    package init() {}
    package var exitCode: ExitCode { .tryLater }
    package var description: String { "another gathering of this agent is under way" }
    package var advice: String? { "Wait for its end; 'agent status' shows it." }
}
