import Commands
import Files

/// Keeps other controllers out of a state directory as long as the value lives: they would end each other's SSH server and
/// import everything twice.
final class StateLock {
    private let lock: FileLock

    /// - Throws: `ControllerState.InUse` where another one works there.
    init(_ state: ControllerState) throws {
        do throws(FileError) {
            lock = try FileLock("\(state.directory)/lock")
        } catch {
            throw error.isHeldElsewhere ? ControllerState.InUse(directory: state.directory) : error
        }
    }
}
