package import SourceSettings

/// What a source has to be like to be gathered: each member that is set has to fit.
struct SourceRule: Sendable, Equatable {
    var types: Set<String>?
    var projects: Set<String>?
    /// `localhost` is this machine, with the paths on it.
    var hosts: [HostPattern]?
    var paths: [PathPattern]?

    func has(_ address: SourceAddress) -> Bool {
        hosts?.contains { $0.matches(address.host, address.port) } ?? true
    }
}

/// A source that somebody wants gathered.
package struct WantedSource: Sendable {
    package let name: String
    /// One of `SourceKind`, e.g. `git`.
    package let type: String
    package let project: String
    package let address: SourceAddress
    /// What else is asked for it, e.g. the API of the platform; only the hosts count.
    package let others: [SourceAddress]

    package init(name: String, type: String, project: String, address: SourceAddress, others: [SourceAddress] = []) {
        self.name = name
        self.type = type
        self.project = project
        self.address = address
        self.others = others
    }
}
