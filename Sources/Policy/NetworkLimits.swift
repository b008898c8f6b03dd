import ControllerAPI

/// Which addresses the agent may connect to, whatever name led there: a name is what somebody says, an address is where it
/// goes.
package struct NetworkLimits: Sendable, Equatable {
    /// Who named the host that an address belongs to.
    package enum Author: Sendable {
        /// The client's own settings.
        case client
        /// A controller, or a web server that sends us on to another.
        case other
    }

    /// `nil` for all but what is never permitted unasked.
    var allowed: [IPNetwork]?
    var denied: [IPNetwork] = []

    /// Networks of one link, where the services that hand out a machine's own credentials in clouds are
    /// (RFC 3927, RFC 4291 §2.5.6), and the addresses of such services that lie elsewhere: Amazon's over IPv6 and Alibaba's.
    private static let machinesOwn = networks("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32")
    /// This machine (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3); a connection to the unspecified address goes there, too.
    private static let loopback = networks("127.0.0.0/8", "0.0.0.0/8", "::1/128", "::/128")

    private static func networks(_ texts: String...) -> [IPNetwork] { texts.compactMap { IPNetwork($0) } }

    /// Why no connection may be made; `nil` where it may.
    /// - Parameter text: an address in numbers.
    func reason(against text: String, namedBy author: Author) -> String? {
        // An address with a zone is one of a single link.
        let isZoned = text.contains("%")
        guard let address = IPAddress(String(text.prefix { $0 != "%" })) else {
            return "what it resolves to is no address of IPv4 or IPv6"
        }
        func has(_ networks: [IPNetwork]) -> Bool { networks.contains { $0.contains(address) } }
        if has(denied) { return "the policy denies the address \(text)" }
        if let allowed, has(allowed) { return nil }
        if allowed != nil { return "the policy does not have the address \(text)" }
        if isZoned || has(Self.machinesOwn) {
            return "the address \(text) is for this machine and its neighbours alone"
        }
        if author == .other, has(Self.loopback) {
            return "somebody else names this machine itself, by the address \(text)"
        }
        return nil
    }
}
