internal import ControllerAPI
internal import HTTPServer

/// From where a request comes.
enum ClientAddress {
    /// The peer's address; where that is a trusted proxy, the last one in `X-Forwarded-For` that is not.
    ///
    /// A header of anybody else, or one that is not a list of addresses, is as good as none.
    static func of(_ request: HTTPServerRequest, trusting proxies: [IPNetwork]) -> IPAddress? {
        guard let peer = IPAddress(request.peer) else { return nil }
        guard proxies.contains(where: { $0.contains(peer) }) else { return peer }
        let hops = request.headers.filter { $0.name == "x-forwarded-for" }.flatMap { $0.value.split(separator: ",") }
        let addresses = hops.map { IPAddress(String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())) }
        guard !addresses.contains(nil) else { return peer }
        return addresses.compactMap(\.self).last { address in !proxies.contains { $0.contains(address) } } ?? peer
    }
}
