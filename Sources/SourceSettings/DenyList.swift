/// URLs that are never contacted.
///
/// A pattern is `http`, `https` or `*`, then `://` and a host with or without a path. `*` at the beginning of the
/// host stands for some text without a slash, `*` elsewhere for any text. The pattern must reach to the end of the URL
/// or to a slash in it; a login in the URL does not count.
package struct DenyList: Sendable {
    /// What was left out because it is no pattern, one sentence each.
    package let warnings: [String]
    private let patterns: [Pattern]

    /// - Parameter text: patterns, parted by commas.
    package init(_ text: String) {
        let items = text.split(separator: ",").map { $0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed() }
            .map { String($0) }.filter { !$0.isEmpty }
        patterns = items.compactMap { Pattern($0) }
        warnings = items.filter { Pattern($0) == nil }.map {
            "'\($0)' in the deny list is left out: expected http, https or *, then ://, a host, and a path if need be"
        }
    }

    package func denies(_ url: String) -> Bool { patterns.contains { $0.matches(Array(url.utf8)) } }
}

/// One pattern, as the steps of a match.
private struct Pattern {
    private enum Step {
        case byte(UInt8)
        /// At least one byte that is no slash.
        case hostPart
        case anything
    }

    private let schemes: [[UInt8]]
    private let steps: [Step]

    init?(_ text: String) {
        let schemes = ["*": ["http://", "https://"], "http": ["http://"], "https": ["https://"]]
        guard let (scheme, starts) = schemes.first(where: { text.hasPrefix("\($0.key)://") }) else { return nil }
        let rest = text.utf8.dropFirst(scheme.utf8.count + 3)
        guard let first = rest.first, first != UInt8(ascii: "/") else { return nil }
        self.schemes = starts.map { Array($0.utf8) }
        steps = rest.enumerated().map { place, byte in
            byte == UInt8(ascii: "*") ? (place == 0 ? .hostPart : .anything) : .byte(byte)
        }
    }

    func matches(_ url: [UInt8]) -> Bool {
        guard let start = schemes.first(where: url.starts)?.count else { return false }
        return matches(url, from: start) || afterLogin(url, start).map { matches(url, from: $0) } == true
    }

    /// Where the host begins after `user@` or `user:password@` without slash, colon and dot in either.
    private func afterLogin(_ url: [UInt8], _ start: Int) -> Int? {
        guard let at = url[start...].firstIndex(of: UInt8(ascii: "@")) else { return nil }
        let parts = url[start..<at].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let isLogin =
            parts.count <= 2
            && parts.allSatisfy { part in
                !part.isEmpty && !part.contains(UInt8(ascii: "/")) && !part.contains(UInt8(ascii: "."))
            }
        return isLogin ? at + 1 : nil
    }

    /// Keeps, step by step, all the places that the match may have come to: no text makes it slow.
    private func matches(_ url: [UInt8], from start: Int) -> Bool {
        var places = [Bool](repeating: false, count: url.count + 1)
        places[start] = true
        for step in steps {
            var next = [Bool](repeating: false, count: url.count + 1)
            var isOn = false
            for place in start...url.count {
                switch step {
                case .byte(let byte): if places[place], place < url.count, url[place] == byte { next[place + 1] = true }
                case .anything:
                    isOn = isOn || places[place]
                    next[place] = isOn
                case .hostPart:
                    isOn = (isOn || places[place]) && place < url.count && url[place] != UInt8(ascii: "/")
                    if isOn { next[place + 1] = true }
                }
            }
            places = next
        }
        return places.indices.contains { places[$0] && ($0 == url.count || url[$0] == UInt8(ascii: "/")) }
    }
}
