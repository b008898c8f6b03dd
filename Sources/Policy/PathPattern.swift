/// A path and what is below it; `*` stands for any text within one part.
struct PathPattern: Sendable, Equatable {
    private let parts: [[UInt8]]

    init?(_ text: String) {
        guard text.hasPrefix("/") else { return nil }
        parts = text.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
        guard !parts.contains(where: Self.leadsElsewhere) else { return nil }
    }

    private static func leadsElsewhere(_ part: [UInt8]) -> Bool {
        part.elementsEqual("..".utf8) || part.elementsEqual(".".utf8)
    }

    /// - Parameter path: as it stands in a URL. One that says in another way where it leads (`..`, or a slash that is
    ///   written as `%2F`) matches nothing.
    func matches(_ path: String) -> Bool {
        var found: [[UInt8]] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            guard let decoded = Self.decoded(part), !Self.leadsElsewhere(decoded),
                !decoded.contains(UInt8(ascii: "/")), !decoded.contains(UInt8(ascii: "\\"))
            else { return false }
            found.append(decoded)
        }
        return found.count >= parts.count && zip(parts, found).allSatisfy { Self.matches($0[...], $1[...]) }
    }

    /// Without percent signs; `nil` where one of them is not followed by two hexadecimal digits.
    private static func decoded(_ part: Substring.UTF8View) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = part[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest.removeFirst(2)
        }
        return bytes
    }

    /// Goes back to the latest star only, so that no text makes it slow.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var (pattern, text) = (pattern, text)
        var retry: (pattern: ArraySlice<UInt8>, text: ArraySlice<UInt8>)?
        while true {
            if pattern.first == UInt8(ascii: "*") {
                pattern.removeFirst()
                retry = (pattern, text)
            } else if let byte = text.first, byte == pattern.first {
                text.removeFirst()
                pattern.removeFirst()
            } else if text.isEmpty, pattern.isEmpty {
                return true
            } else if let last = retry, !last.text.isEmpty {
                (pattern, text) = (last.pattern, last.text.dropFirst())
                retry = (pattern, text)
            } else {
                return false
            }
        }
    }
}
