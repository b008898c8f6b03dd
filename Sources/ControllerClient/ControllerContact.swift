package import ControllerAPI
package import Timestamps

/// What one request showed of a controller that was reached, whatever it thinks of the agent.
package struct ControllerContact: Sendable {
    /// How far this machine's clock is ahead of the controller's; `nil` where the answer had no date. Rather too little than too much.
    package let clockLead: Duration?
    /// How the agent's version compares; an error where the controller would not say.
    package let version: Result<VersionAnswer, ControllerError>
    /// When the first of the certificates ends that it showed; `nil` where that cannot be told.
    package let certificateEnd: Timestamp?

    package init(
        clockLead: Duration?, version: Result<VersionAnswer, ControllerError>, certificateEnd: Timestamp? = nil
    ) {
        self.clockLead = clockLead
        self.version = version
        self.certificateEnd = certificateEnd
    }

    /// The least lead of a clock that showed `sent` and `received` around an answer of `date`.
    ///
    /// The answer was made at some time between, within the second that the date names: of all that this allows, what is
    /// nearest to none is taken, so that a slow network never makes a clock look wrong.
    package static func lead(date: Timestamp, sent: Timestamp, received: Timestamp) -> Duration {
        let least = sent - date - .seconds(1)
        let most = received - date
        return least > .zero ? least : most < .zero ? most : .zero
    }

    /// `2 minutes ahead of`, `10 minutes behind`
    package static func words(_ lead: Duration) -> String {
        let seconds = Int(lead.components.seconds)
        let amount = abs(seconds)
        let text = amount < 120 ? "\(amount) seconds" : "\(amount / 60) minutes"
        return "\(text) \(seconds < 0 ? "behind" : "ahead of")"
    }
}
