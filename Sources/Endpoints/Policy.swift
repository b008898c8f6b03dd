package import ControllerAPI
package import Fleet

/// What the operator has decided about who may do what.
package struct Policy: Sendable {
    /// What agents may do that do not sign their requests.
    package enum LegacyAgents: Sendable {
        case deny
        /// Those whose key an operator has entered.
        case enrolledOnly
        /// Also the first key of an agent that nobody has heard of, for projects that exist.
        case allow
    }

    package var legacyAgents = LegacyAgents.deny
    /// Whose header `X-Forwarded-For` counts.
    package var trustedProxies: [IPNetwork] = []
    /// From where the agents of a project may come that has no list of its own; `nil` is from anywhere for agents that
    /// sign, and from nowhere for those that do not.
    package var defaultNetworks: [IPNetwork]?
    /// What holds for projects without a schedule of their own.
    package var schedule = Schedule(days: 0, driftMinutes: 0)
    /// Bytes that an agent may store.
    package var quota = 8 << 30
    /// From where people may open the fleet page; `nil` is this machine alone.
    package var operatorNetworks: [IPNetwork]?
    /// After how many days without a delivery a project without a schedule is overdue; 0 is never.
    package var overdueDays = 0
    /// What who asks for `/metrics` has to show; `nil` where they are for this machine alone.
    package var metricsToken: String?
    /// The version of this program.
    package var version = ""

    package init() {}
}
