import ControllerAPI
import Logging
import Schedules

/// What a setting's text means: how it is read, and what to say of a text that cannot be.
package struct ValueKind<Value: Sendable>: Sendable {
    /// What is expected, e.g. `a whole number from 1 to 65535`.
    package let expectation: String
    /// Whether a message may show a text of this kind that was wrong.
    package let showsFound: Bool
    package let parse: @Sendable (String) -> Value?

    package init(_ expectation: String, showsFound: Bool = true, parse: @escaping @Sendable (String) -> Value?) {
        self.expectation = expectation
        self.showsFound = showsFound
        self.parse = parse
    }
}

extension ValueKind where Value == String {
    package static var text: Self { Self("a text") { $0.isPlain ? $0 : nil } }

    /// Below the program's home directory, unless it begins with a slash.
    package static var path: Self { Self("a path") { $0.isPlain && !$0.isEmpty ? $0 : nil } }

    /// A wrong one is not shown: it may hold a password. Blanks are good in a path, where nobody would escape them.
    package static var url: Self {
        Self("a URL, or a path that begins with a slash", showsFound: false) { text in
            text.isPlain && (text.hasPrefix("/") || text.contains(":") && !text.contains(" ")) ? text : nil
        }
    }
}

extension ValueKind where Value == String {
    /// What OpenSearch allows at the start of an index's name, and no more.
    static var indexPrefix: Self {
        Self("up to 60 small letters, digits, underscores and hyphens, a letter first") { text in
            let isGood = text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
            guard isGood, text.utf8.count <= 60, let first = text.utf8.first, first >= UInt8(ascii: "a") else {
                return nil
            }
            return text
        }
    }
}

extension ValueKind where Value == Schedule {
    /// When something is done again and again.
    static var schedule: Self { Self(Schedule.expectation) { Schedule($0) } }
}

extension ValueKind where Value == [String] {
    package static var words: Self {
        Self("words, parted by blanks") { $0.isPlain ? $0.split(separator: " ").map(String.init) : nil }
    }
}

extension ValueKind where Value == Bool {
    package static var flag: Self {
        Self("yes or no") { text in
            if FalsyWord.matches(text) { return false }
            return ["yes", "true", "on", "1"].contains(text.lowercased()) ? true : nil
        }
    }
}

extension ValueKind where Value == Int {
    package static func integer(_ range: ClosedRange<Int>) -> Self {
        Self("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ValueKind where Value == Double {
    package static var share: Self {
        Self("a number above 0 and up to 1") { text in Double(text).flatMap { $0 > 0 && $0 <= 1 ? $0 : nil } }
    }
}

extension ValueKind where Value == Duration {
    package static var duration: Self { Self("a duration such as 90s, 15min, 12h or 7d") { Duration($0) } }
}

extension ValueKind where Value == ByteCount {
    package static var byteCount: Self { Self("a size such as 512MiB or 2GB") { ByteCount($0) } }
}

extension ValueKind where Value == HostPort {
    package static var hostPort: Self { Self("a host name or address, with :PORT if need be") { HostPort($0) } }
}

extension ValueKind where Value == HostPort {
    /// Without a port.
    package static var host: Self {
        Self("a host name or address") { HostPort($0).flatMap { $0.port == nil ? $0 : nil } }
    }
}

extension ValueKind where Value == [HostPort] {
    /// Names and addresses, parted by blanks.
    package static var hosts: Self {
        Self("host names or addresses, parted by blanks") { text in
            let hosts = text.split(separator: " ").map { HostPort(String($0)) }
            return hosts.contains { $0 == nil || $0?.port != nil } || hosts.isEmpty ? nil : hosts.compactMap(\.self)
        }
    }
}

extension ValueKind where Value == [IPNetwork] {
    /// Addresses and networks, parted by blanks.
    static var networks: Self {
        Self("networks such as 192.0.2.0/24 or 2001:db8::/32, parted by blanks") { text in
            let networks = text.split(separator: " ").map { IPNetwork(String($0)) }
            return networks.isEmpty || networks.contains(nil) ? nil : networks.compactMap(\.self)
        }
    }
}

extension ValueKind where Value == ProjectKey {
    static var project: Self { Self("a project key (\(keyAlphabet))") { projectKey($0) } }
}

extension ValueKind where Value == AgentKey {
    static var agent: Self {
        Self("an agent key (\(keyAlphabet))") { text in
            do { return try AgentKey(text) } catch { return nil }
        }
    }
}

extension ValueKind where Value == [ProjectKey] {
    static var projects: Self {
        Self("project keys, each once, parted by blanks (\(keyAlphabet))") { text in
            let keys = text.split(separator: " ").map { projectKey(String($0)) }
            return keys.contains(nil) || Set(keys).count != keys.count ? nil : keys.compactMap(\.self)
        }
    }
}

private let keyAlphabet = "a capital letter, then up to 19 capitals, digits and underscores"

/// The reason of a refusal is the kind's expectation.
private func projectKey(_ text: String) -> ProjectKey? {
    do { return try ProjectKey(text) } catch { return nil }
}

extension ValueKind where Value == Secret {
    /// One that nobody can guess by trying.
    package static var longSecret: Self {
        Self("a secret of at least 20 characters, none a control character", showsFound: false) { text in
            text.isPlain && text.utf8.count >= 20 ? Secret(text) : nil
        }
    }

    package static var secret: Self {
        Self("a secret without control characters", showsFound: false) { $0.isPlain && !$0.isEmpty ? Secret($0) : nil }
    }
}

extension ValueKind where Value == LogLevel {
    static var logLevel: Self { Self("DEBUG, INFO, WARNING, ERROR or CRITICAL") { LogLevel($0) } }
}

extension ValueKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    package static var choice: Self {
        let words = Value.allCases.map(\.rawValue)
        return Self(words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")) { text in
            Value(rawValue: text.lowercased())
        }
    }
}

extension String {
    /// Holds no control character: nothing that could add a line to a file or turn a terminal.
    fileprivate var isPlain: Bool {
        unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) }
    }
}

extension Duration {
    /// A whole number and its unit: `500ms`, `90s`, `15min`, `12h`, `7d`.
    package init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = UInt32(digits) else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": self = .milliseconds(Int(number))
        case "s": self = .seconds(Int(number))
        case "min": self = .seconds(Int(number) * 60)
        case "h": self = .seconds(Int(number) * 3600)
        case "d": self = .seconds(Int(number) * 86400)
        default: return nil
        }
    }
}
