package import ControllerAPI
import Timestamps

/// What one request showed of a controller that was reached, whatever it thinks of the agent.
package struct ControllerContact: Sendable {
    /// How far this machine's clock is ahead of the controller's; `nil` where the answer had no date. Right to about a second.
    package let clockLead: Duration?
    /// How the agent's version compares; an error where the controller would not say.
    package let version: Result<VersionAnswer, ControllerError>

    package init(clockLead: Duration?, version: Result<VersionAnswer, ControllerError>) {
        self.clockLead = clockLead
        self.version = version
    }

    /// The lead of a clock that showed `sent` and `received` around an answer of `date`.
    ///
    /// The date has whole seconds, so that half of one is added.
    static func lead(date: Timestamp, sent: Timestamp, received: Timestamp) -> Duration {
        let middle = sent + (received - sent) / 2
        return middle - (date + .milliseconds(500))
    }

    /// `2 minutes ahead of`, `10 minutes behind`
    package static func words(_ lead: Duration) -> String {
        let seconds = Int(lead.components.seconds)
        let amount = abs(seconds)
        let text = amount < 120 ? "\(amount) seconds" : "\(amount / 60) minutes"
        return "\(text) \(seconds < 0 ? "behind" : "ahead of")"
    }
}
