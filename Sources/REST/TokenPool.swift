import HTTP
import Synchronization
import Timestamps

/// The logins for one host and what each has left. Several requests at once ask it for their turn.
///
/// A login is used until only the share of its limit is left that belongs to others; then the next one is, and where
/// there is none, requests wait for the end of a window.
package final class TokenPool: Sendable {
    enum Turn {
        /// Go on with this login; `nil` without any.
        case go(Int, Authorization?)
        case wait(until: Timestamp)
        /// The server refused every login.
        case refused(Authorization?)
    }

    private struct Login {
        let authorization: Authorization?
        var limit: Int?
        var remaining: Int?
        var resets: Timestamp?
        var blockedUntil: Timestamp?
        var inFlight = 0
        var isRefused = false
    }

    private let logins: Mutex<[Login]>
    private let share: Double

    /// - Parameter share: how much of a limit may be used, above 0 and up to 1.
    package init(_ authorizations: [Authorization], share: Double) {
        let all: [Authorization?] = authorizations.isEmpty ? [nil] : authorizations
        logins = Mutex(all.map { Login(authorization: $0) })
        self.share = share
    }

    func turn(at now: Timestamp) -> Turn {
        logins.withLock { logins in
            var best: (index: Int, left: Double)?
            var earliest: Timestamp?
            for index in logins.indices where !logins[index].isRefused {
                if let reset = logins[index].resets, reset <= now {
                    logins[index].remaining = nil
                    logins[index].resets = nil
                }
                if let end = logins[index].blockedUntil {
                    if end > now {
                        earliest = min(earliest ?? end, end)
                        continue
                    }
                    logins[index].blockedUntil = nil
                }
                let left = self.left(logins[index])
                if left <= 0, let reset = logins[index].resets {
                    earliest = min(earliest ?? reset, reset)
                } else if best == nil || left > best?.left ?? 0 {
                    best = (index, left)
                }
            }
            if let best {
                logins[best.index].inFlight += 1
                return .go(best.index, logins[best.index].authorization)
            }
            return earliest.map { .wait(until: $0) } ?? .refused(logins.first?.authorization)
        }
    }

    /// How many requests the login may still make; a great number where that is not known.
    private func left(_ login: Login) -> Double {
        guard let remaining = login.remaining else { return 1e9 - Double(login.inFlight) }
        let kept = login.limit.map { Double($0) * (1 - share) } ?? 0
        return Double(remaining - login.inFlight) - kept.rounded(.down)
    }

    /// Takes back a turn, with what the answer said, if there was one.
    func end(_ index: Int, _ limit: RateLimit?) {
        logins.withLock { logins in
            logins[index].inFlight -= 1
            guard let limit, let remaining = limit.remaining else { return }
            logins[index].limit = limit.limit
            logins[index].remaining = remaining
            logins[index].resets = limit.resets
        }
    }

    /// Leaves a login alone for a while.
    func block(_ index: Int, until moment: Timestamp) {
        logins.withLock { logins in
            logins[index].blockedUntil = max(logins[index].blockedUntil ?? moment, moment)
        }
    }

    /// The server does not know the login; says whether there is another one.
    func refuse(_ index: Int) -> Bool {
        logins.withLock { logins in
            logins[index].isRefused = true
            return logins.contains { !$0.isRefused }
        }
    }

    package struct Standing: Sendable {
        package let limit: Int
        package let remaining: Int
    }

    /// What is left of all limits that are known.
    package var standing: Standing? {
        logins.withLock { logins in
            let known = logins.compactMap { login in
                login.limit.flatMap { limit in login.remaining.map { (limit, $0) } }
            }
            guard !known.isEmpty else { return nil }
            return Standing(
                limit: known.reduce(0) { $0 + $1.0 }, remaining: known.reduce(0) { $0 + $1.1 })
        }
    }
}
