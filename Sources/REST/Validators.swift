import Cryptography
package import Files
import FoundationEssentials
import Synchronization

/// The `ETag` and `Last-Modified` of answers whose content has been delivered, so that servers need not send them again.
///
/// An answer that is known must not be missed: validators count only where the mark under which they were saved is the
/// one that the update trackers hold, which move together with the data. A run that was lost leaves them unused.
package final class Validators: Sendable {
    package struct Validator: Codable, Equatable, Sendable {
        package var etag: String?
        package var modified: String?
    }

    private struct Stored: Codable {
        var mark: String
        var validators: [String: Validator]
        /// What a connector wants to know next time.
        var notes: [String: String]?
    }

    private struct State {
        var old: [String: Validator] = [:]
        var new: [String: Validator] = [:]
        var notes: [String: String] = [:]
    }

    private let path: String
    private let state: Mutex<State>

    /// Reads the file; what is missing, unreadable or of another mark counts as empty.
    package init(_ path: String, mark: String?) throws(FileError) {
        self.path = path
        var state = State()
        if let mark, try Files.status(path) != nil {
            let content = Data(try Files.read(path, limit: 64 << 20))
            do {
                let stored = try JSONDecoder().decode(Stored.self, from: content)
                if stored.mark == mark {
                    state.old = stored.validators
                    state.notes = stored.notes ?? [:]
                }
            } catch {
                // Another version wrote it, or it is damaged: everything is asked for anew.
                try Files.remove(path)
            }
        }
        self.state = Mutex(state)
    }

    func validator(for key: String) -> Validator? { state.withLock { $0.old[key] } }

    /// Takes over what an answer said; of an unchanged one, what was known.
    func keep(_ key: String, etag: String?, modified: String?) {
        guard etag != nil || modified != nil else { return }
        state.withLock { $0.new[key] = Validator(etag: etag, modified: modified) }
    }

    func keepOld(_ key: String) { state.withLock { $0.new[key] = $0.old[key] } }

    /// What was noted under a name in the run that the mark belongs to.
    package func note(_ name: String) -> String? { state.withLock { $0.notes[name] } }

    package func note(_ name: String, _ text: String?) { state.withLock { $0.notes[name] = text } }

    /// Writes what this run learnt under a new mark, which the caller puts into the update trackers.
    package func save() throws -> String {
        let mark = Hex.encode(Random.bytes(8))
        let (validators, notes) = state.withLock { ($0.new, $0.notes) }
        let stored = Stored(mark: mark, validators: validators, notes: notes)
        try Files.write(JSONEncoder().encode(stored), to: path, permissions: 0o600)
        return mark
    }
}
