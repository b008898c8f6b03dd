import Files
import Logging
import Synchronization

/// The file in which a gathering tells `agent status` what its sources wait for, a line for each; it is there only then.
final class WaitFile: Sendable {
    private let path: String
    /// Held by the gathering.
    private let lockPath: String
    private let told = Mutex<[String]>([])

    /// Bytes that are read of it.
    private static let limit = 1 << 16

    /// - Parameter workspace: where the project is gathered.
    init(in workspace: String) {
        path = "\(workspace)/waits"
        lockPath = "\(workspace)/lock"
    }

    /// Writes what is waited for, unless that was written last.
    func tell(_ waits: [String], _ logger: Logger) {
        told.withLock { told in
            guard told != waits else { return }
            told = waits
            do throws(FileError) {
                if waits.isEmpty {
                    try Files.remove(path)
                } else {
                    try Files.write(waits.joined(separator: "\n").utf8, to: path, permissions: 0o600)
                }
            } catch {
                // Nobody depends on it.
                logger.debug("what is waited for cannot be told", ["error": .text("\(error)")])
            }
        }
    }

    /// What a gathering that is under way waits for.
    func read() throws(FileError) -> [String] {
        guard try Files.status(path) != nil else { return [] }
        do throws(FileError) {
            // Left by one that was killed.
            _ = try FileLock(lockPath)
            return []
        } catch {
            guard error.isHeldElsewhere else { throw error }
        }
        // It may be gone by now.
        guard try Files.status(path) != nil else { return [] }
        return String(decoding: try Files.read(path, limit: Self.limit), as: UTF8.self).split(separator: "\n").map(
            String.init)
    }
}
