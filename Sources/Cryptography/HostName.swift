import Glibc

/// The name or address of a host, as it stands in a certificate.
enum HostName: Equatable {
    case name(String)
    /// 4 or 16 bytes.
    case address([UInt8])

    /// `nil` where the text is neither an IP address nor a DNS name (RFC 1123, with `_` as container networks use it,
    /// and `*` as the first label).
    init?(_ text: String) {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if unsafe inet_pton(family, text, &bytes) == 1 {
                self = .address(bytes)
                return
            }
        }
        guard text.utf8.count <= 253 else { return nil }
        var labels = text.split(separator: ".", omittingEmptySubsequences: false)
        if labels.count > 1, labels.first == "*" { labels.removeFirst() }
        let areLabels = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { Self.isNameByte($0) }
        }
        // A name that ends in a number is an address with a mistake in it.
        guard areLabels, let last = labels.last, !last.allSatisfy(\.isNumber) else { return nil }
        self = .name(text.lowercased())
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The text of an address of 4 or 16 bytes; `nil` for another number of bytes.
    static func address(_ bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
