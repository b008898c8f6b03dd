/// How much later than its schedule says an agent begins, so that many agents do not ask their controller at once.
package enum Spread {
    /// The same for an agent for ever, different between agents: a part of a tenth of the period, half an hour at most,
    /// in whole seconds.
    /// - Parameter digest: of the agent's key; its first eight bytes decide.
    package static func offset(of schedule: Schedule, digest: [UInt8]) -> Duration {
        let longest = min(Int(schedule.usualPeriod.components.seconds) / 10, 30 * 60)
        guard longest > 0 else { return .zero }
        let number = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return .seconds(Int(number % UInt64(longest)))
    }
}
