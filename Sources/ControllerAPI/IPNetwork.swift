/// The addresses with a common beginning: `192.0.2.0/24`, `192.0.2.0/255.255.255.0`, `2001:db8::/32`, or one address.
package struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
    private let address: IPAddress
    /// How many bits are common.
    private let length: Int
    /// As it was written.
    package let description: String

    /// Reads an address alone, with a length, or, for IPv4, with a mask of the network's or of the host's bits.
    /// - Returns: `nil` for another text, and where bits beyond the common ones are set: then the writer meant something
    ///   else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else { return nil }
        let bits = address.bytes.count * 8
        guard let length = parts.count == 1 ? bits : Self.length(String(parts[1]), of: address) else { return nil }
        // An IPv4 network written within IPv6 has its length counted from there.
        let isMapped = parts[0].contains(":") && bits == 32
        let own = isMapped && parts.count == 2 ? length - 96 : length
        guard (0...bits).contains(own) else { return nil }
        guard !(own..<bits).contains(where: { address.bytes[$0 / 8] >> (7 - UInt8($0 % 8)) & 1 == 1 }) else {
            return nil
        }
        self.address = address
        self.length = own
        description = text
    }

    /// Any address.
    package static let all = [IPNetwork("0.0.0.0/0"), IPNetwork("::/0")].compactMap(\.self)

    package func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        let whole = length / 8
        guard other.bytes[..<whole] == address.bytes[..<whole] else { return false }
        guard length % 8 > 0 else { return true }
        let shift = UInt8(8 - length % 8)
        return other.bytes[whole] >> shift == address.bytes[whole] >> shift
    }

    private static func length(_ text: String, of address: IPAddress) -> Int? {
        if !text.isEmpty, text.utf8.count <= 3,
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        {
            return Int(text)
        }
        guard address.bytes.count == 4, let mask = IPAddress(text), mask.bytes.count == 4 else { return nil }
        let number = mask.bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        for candidate in [number, ~number] where candidate.leadingOnes + candidate.trailingZeros >= 32 {
            return candidate == 0 ? 0 : candidate.leadingOnes
        }
        return nil
    }
}

extension UInt32 {
    fileprivate var leadingOnes: Int { (~self).leadingZeroBitCount }
    fileprivate var trailingZeros: Int { trailingZeroBitCount }
}
