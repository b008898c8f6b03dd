package import SourceSettings
package import Tables
package import Timestamps

/// What may be gathered at most, whatever a controller asks: the client's own word, in `policy.json` in the agent's
/// configuration directory. Where there is no such file, only the variables a controller may set are limited.
package struct Policy: Sendable, Equatable {
    /// So many gatherings of a project within a time.
    package struct Rate: Sendable, Equatable {
        package let runs: Int
        package let within: Duration
        /// As it was written.
        let text: String
    }

    /// The file; `nil` where there is none.
    package let path: String?
    var projects: Set<String>?
    var sources: [SourceRule]?
    var hours: [HourRange]?
    package internal(set) var rate: Rate?
    /// Requests that each host gets in a minute; `nil` for as many as it answers.
    package internal(set) var requestsPerMinute: Int?
    package internal(set) var fields = FieldLimits.none
    /// The hosts that bundles may go to besides the controller's own.
    var deliveries: [HostPattern] = []
    package internal(set) var variables = Policy.usualVariables
    /// What hosts may resolve to.
    var networks = NetworkLimits()

    init(path: String?) { self.path = path }

    /// Nobody has limited anything.
    package static let unlimited = Policy(path: nil)

    /// The variables that a controller may set where no policy names others: they change neither what is gathered nor
    /// where it goes.
    package static let usualVariables: Set<String> = ["LOG_LEVEL", "cleanupRepos", "logLevel", "skip_dropin"]

    /// All that a policy can hand over to the controller. Who the agent is, whom it trusts, what its sources are, how it
    /// logs in, and every path and program is the client's alone, whatever settings there may be later.
    package static let grantableVariables = usualVariables.union(["AGENT_LOGGING", "RATE_LIMIT_SHARE"])

    // MARK: Asking

    package func refusal(ofProject project: String) -> Refusal? {
        guard let projects, !projects.contains(project) else { return nil }
        return refusal(.project, project, "the policy does not have this project", "projects")
    }

    /// - Returns: the nearest to what would be permitted: the wrong path where the host is right, the wrong host where the
    ///   type is.
    package func refusal(of source: WantedSource) -> Refusal? {
        if let refusal = refusal(ofProject: source.project) { return refusal }
        guard let sources else { return nil }
        let fitting = sources.filter { rule in
            rule.types?.contains(source.type) ?? true && rule.projects?.contains(source.project) ?? true
        }
        guard !fitting.isEmpty else {
            return refusal(.source, source.name, "the policy does not have sources of type \(source.type)", "sources")
        }
        let reachable = fitting.filter { $0.has(source.address) }
        guard !reachable.isEmpty else {
            return refusal(.host, source.name, "the policy does not have the host \(source.address)", "sources")
        }
        let there = reachable.filter { $0.paths?.contains { $0.matches(source.address.path) } ?? true }
        guard !there.isEmpty else {
            return refusal(.path, source.name, "the policy does not have its path", "sources")
        }
        for other in source.others where !fitting.contains(where: { $0.has(other) }) {
            return refusal(.host, source.name, "the policy does not have the host \(other)", "sources")
        }
        return nil
    }

    /// Whether each host may be asked.
    package var hasAllHosts: Bool { sources?.contains { $0.hosts == nil } ?? true }

    /// Of a host that somebody else names, e.g. a web server that says where its answer is.
    package func refusal(ofHost address: SourceAddress) -> Refusal? {
        guard let sources, !sources.contains(where: { $0.has(address) }) else { return nil }
        return refusal(.host, address.description, "the policy does not have this host", "sources")
    }

    /// Of an address that a connection is about to be made to.
    /// - Parameters:
    ///   - address: in numbers.
    ///   - host: the name that led there.
    package func refusal(
        ofAddress address: String, of host: String, namedBy author: NetworkLimits.Author
    ) -> Refusal? {
        networks.reason(against: address, namedBy: author).map { refusal(.network, host, $0, "networks") }
    }

    /// The same of an address of a host that a controller wants bundles to go to. One that `deliveries` has is the owner's own
    /// word.
    package func refusal(ofAddress address: String, ofDeliveryTo host: String, port: Int) -> Refusal? {
        let isOwn = deliveries.contains { $0.matches(host, port) }
        return refusal(ofAddress: address, of: host, namedBy: isOwn ? .client : .other)
    }

    /// Of the host that a controller wants bundles to go to.
    /// - Parameter controller: the controller's own host, to which they may go in any case.
    package func refusal(ofDeliveryTo host: String, port: Int, controller: String) -> Refusal? {
        guard path != nil, host.lowercased() != controller.lowercased(),
            !deliveries.contains(where: { $0.matches(host, port) })
        else { return nil }
        return refusal(
            .delivery, "\(host):\(port)", "the policy does not let bundles go to another host than the controller's",
            "deliveries")
    }

    /// Whether a gathering may begin at a moment, in the machine's own time.
    package func refusal(ofProject project: String, at moment: Timestamp) -> Refusal? {
        guard let hours, !hours.contains(where: { $0.contains(LocalTime(moment)) }) else { return nil }
        let permitted = hours.isEmpty ? "no time" : hours.map(\.description).joined(separator: ", ")
        return refusal(.hours, project, "the policy permits \(permitted) only", "hours")
    }

    /// Whether another gathering of a project may begin.
    /// - Parameter starts: when earlier ones began. Those that a clock that was wrong has put into the future count too.
    package func refusal(ofProject project: String, after starts: [Timestamp], now: Timestamp) -> Refusal? {
        guard let rate, starts.count(where: { now - $0 < rate.within }) >= rate.runs else { return nil }
        return refusal(
            .rate, project, "the policy permits \(rate.runs) gathering\(rate.runs == 1 ? "" : "s") in \(rate.text)",
            "rate")
    }

    package func refusal(ofVariable name: String) -> Refusal? {
        guard !variables.contains(name) || !Self.grantableVariables.contains(name) else { return nil }
        return refusal(.variable, name, "the controller may not set it", "variables")
    }

    private func refusal(_ code: Refusal.Code, _ subject: String, _ reason: String, _ member: String) -> Refusal {
        Refusal(
            code: code, subject: subject, reason: reason, place: "\(path ?? "config/policy.json"), member \(member)")
    }
}
