internal import CMicroHTTPD
import Glibc

/// An IP address in numbers, from a socket.
struct PeerAddress: Sendable {
    /// As people write it; an IPv4 address in IPv6 form (`::ffff:192.0.2.1`) is written as IPv4.
    let text: String
    /// What connections are counted by: an IPv4 address, or the 64 bits of an IPv6 address that name a network, of
    /// which one client has all the rest.
    let network: [UInt8]
    let port: UInt16

    init?(_ storage: sockaddr_storage) {
        let (bytes, port): ([UInt8], UInt16)
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = unsafe Self.view(storage, as: sockaddr_in.self)
            bytes = unsafe withUnsafeBytes(of: address.sin_addr) { unsafe Array($0) }
            port = address.sin_port
        case AF_INET6:
            let address = unsafe Self.view(storage, as: sockaddr_in6.self)
            let whole = unsafe withUnsafeBytes(of: address.sin6_addr) { unsafe Array($0) }
            bytes = whole.starts(with: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]) ? Array(whole[12...]) : whole
            port = address.sin6_port
        default: return nil
        }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return nil }
        text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        network = Array(bytes.prefix(8))
        self.port = UInt16(bigEndian: port)
    }

    /// The storage is as large as any address and aligned for all.
    @unsafe private static func view<Address>(_ storage: sockaddr_storage, as type: Address.Type) -> Address {
        unsafe withUnsafeBytes(of: storage) { unsafe $0.load(as: type) }
    }
}
