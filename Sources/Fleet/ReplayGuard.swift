package import ControllerAPI
import Synchronization
package import Timestamps

/// Sees to it that a signed request counts once.
///
/// Nonces live in memory for as long as their signature would be accepted. Of what came before the controller's
/// start nothing is known, so signatures made before it are refused: an agent asks again with a new one.
package final class ReplayGuard: Sendable {
    private struct State {
        /// Nonces by agent with the second from which they may be forgotten.
        var seen: [String: Int] = [:]
        var nextPurge = 0
    }

    private let state = Mutex(State())
    private let start: Timestamp

    /// Seconds between two purges.
    private static let purgeInterval = 60

    package init(start: Timestamp = .now) { self.start = Timestamp(seconds: start.seconds) }

    /// Takes note of a request; false when it was seen before or may have been.
    package func admit(_ signature: RequestSignature, now: Timestamp = .now) -> Bool {
        guard signature.created >= start else { return false }
        let forgotten = (signature.created + RequestSignature.tolerance + RequestSignature.tolerance).seconds
        return state.withLock { state in
            if now.seconds >= state.nextPurge {
                state.seen = state.seen.filter { $0.value > now.seconds }
                state.nextPurge = now.seconds + Self.purgeInterval
            }
            return state.seen.updateValue(forgotten, forKey: "\(signature.agent) \(signature.nonce)") == nil
        }
    }
}
