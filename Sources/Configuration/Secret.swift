import Glibc
import Synchronization

/// A text that must not be seen: it prints as `<redacted>`, and its bytes are wiped when the last copy ends.
///
/// It is not `Encodable`, and so nothing that holds one is by itself: who stores a secret does so on purpose.
package struct Secret: Sendable {
    private let storage: Storage

    package init(_ text: String) { storage = Storage(Array(text.utf8)) }

    /// The text itself, for the one place that needs it. The copy made here is no longer under control.
    package var revealed: String { storage.bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    package var isEmpty: Bool { storage.bytes.withLock(\.isEmpty) }

    /// One owner of the bytes for all copies of the secret.
    private final class Storage: Sendable {
        let bytes: Mutex<[UInt8]>

        init(_ bytes: [UInt8]) { self.bytes = Mutex(bytes) }

        deinit {
            // Not `memset`, which the optimiser may leave out for memory that nobody reads again. The pointer is
            // used within the closure only.
            bytes.withLock { bytes in
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    if let base = buffer.baseAddress { unsafe explicit_bzero(base, buffer.count) }
                }
            }
        }
    }
}

extension Secret: Equatable {
    /// Takes the same time wherever the texts differ.
    package static func == (left: Secret, right: Secret) -> Bool {
        let (left, right) = (left.storage.bytes.withLock(\.self), right.storage.bytes.withLock(\.self))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
