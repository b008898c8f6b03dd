import Synchronization

/// Counts what somebody does against an allowance that fills up again as time passes.
final class RateLimiter: Sendable {
    /// How much is allowed at once, and how much more each second.
    struct Allowance: Sendable {
        let burst: Double
        let perSecond: Double
    }

    private struct Bucket {
        var left: Double
        var at: ContinuousClock.Instant
        let allowance: Allowance
    }

    private let buckets = Mutex<[String: Bucket]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Names remembered; beyond it those that are full again are forgotten first.
    private static let limit = 20_000

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// Takes `cost` from the allowance of a name.
    /// - Returns: `nil` when there was enough, else the seconds until there will be; nothing is taken then.
    func take(_ cost: Double = 1, of name: String, _ allowance: Allowance) -> Int? {
        let now = now()
        return buckets.withLock { buckets in
            if buckets.count >= Self.limit, buckets[name] == nil {
                buckets = buckets.filter { Self.level($0.value, at: now) < $0.value.allowance.burst }
                // Whoever fills this up with names of his own gets nobody else refused.
                if buckets.count >= Self.limit { buckets = [:] }
            }
            var bucket = buckets[name] ?? Bucket(left: allowance.burst, at: now, allowance: allowance)
            let level = Self.level(bucket, at: now)
            guard level >= cost else {
                return max(1, Int(((cost - level) / allowance.perSecond).rounded(.up)))
            }
            bucket.left = level - cost
            bucket.at = now
            buckets[name] = bucket
            return nil
        }
    }

    /// Whether there is something left, without taking it.
    func isExhausted(_ name: String) -> Bool {
        let now = now()
        return buckets.withLock { buckets in buckets[name].map { Self.level($0, at: now) < 1 } ?? false }
    }

    private static func level(_ bucket: Bucket, at now: ContinuousClock.Instant) -> Double {
        min(bucket.allowance.burst, bucket.left + (now - bucket.at) / .seconds(1) * bucket.allowance.perSecond)
    }
}

extension RateLimiter.Allowance {
    /// Requests that were refused for want of a right, by address: enough for a thousand agents with a wrong clock behind
    /// one address, too few to try keys or tokens.
    static let refusals = Self(burst: 600, perSecond: 2)
    /// Of one agent: ordinary requests, a hundred times what an agent needs.
    static let requests = Self(burst: 400, perSecond: 20)
    /// Of one agent: a value's pseudonym, by which guesses could be tried.
    static let encryptions = Self(burst: 60, perSecond: 0.5)
    /// Of one agent: bytes of log.
    static let logBytes = Self(burst: 16_777_216, perSecond: 8192)
    /// Of one address that says who it is by nothing else.
    static let visits = Self(burst: 120, perSecond: 2)
    /// Passwords tried, by address and by name.
    static let passwords = Self(burst: 10, perSecond: 0.1)
}
