package import Commands
import Files

/// Keeps two registrations of one agent, or a registration and a change of its key, from mixing, in whatever processes. Held as
/// long as the value lives.
package struct RegistrationLock: ~Copyable, Sendable {
    private let lock: FileLock

    /// Another one asks the controller twice at most, for two minutes each.
    private static let patience = Duration.seconds(300)
    private static let pause = Duration.milliseconds(50)

    /// Another process registers the agent all the time.
    package struct Busy: Failure {
        package var exitCode: ExitCode { .tryLater }
        package var description: String { "another process is registering this agent" }
        package var advice: String? { "Wait for its end, then try again." }
    }

    /// - Parameter state: the directory for what the agent keeps for itself; it is made where there is none.
    /// - Throws: `Busy`, `FileError`, `CancellationError`.
    package init(state: String) async throws {
        try Files.makeDirectory(state, permissions: 0o700)
        let end = ContinuousClock.now + Self.patience
        while true {
            if let lock = try Self.take("\(state)/registration.lock") {
                self.lock = lock
                return
            }
            guard ContinuousClock.now < end else { throw Busy() }
            try await Task.sleep(for: Self.pause)
        }
    }

    private static func take(_ path: String) throws(FileError) -> FileLock? {
        do throws(FileError) {
            return try FileLock(path)
        } catch {
            guard error.isHeldElsewhere else { throw error }
            return nil
        }
    }
}
