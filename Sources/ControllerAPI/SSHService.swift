/// Where bundles go by SFTP, and how to know that it is the right place.
package struct SSHService: Hashable, Sendable {
    /// `nil`: the host of the controller's HTTPS.
    package let host: String?
    package let port: Int
    /// The account that all agents share; the key tells them apart.
    package let user: String
    /// Host keys, each a line `<algorithm> <base64>`; any of them is right, any other is an error.
    package let hostKeys: [String]

    package init(host: String? = nil, port: Int, user: String, hostKeys: [String]) {
        self.host = host
        self.port = port
        self.user = user
        self.hostKeys = hostKeys
    }
}

extension SSHService: Codable {
    private enum CodingKeys: String, CodingKey {
        case host, port, user
        case hostKeys = "host_keys"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        host = try container.decodeIfPresent(String.self, forKey: .host)
        guard host.map(Self.isWord) ?? true else { throw container.invalid(.host, expected: "a host name or address") }
        port = try container.decode(Int.self, forKey: .port)
        guard (1...65535).contains(port) else { throw container.invalid(.port, expected: "1 to 65535") }
        user = try container.decode(String.self, forKey: .user)
        guard Self.isWord(user) else { throw container.invalid(.user, expected: "the name of an account") }
        hostKeys = try container.decode([String].self, forKey: .hostKeys)
        guard !hostKeys.isEmpty, hostKeys.allSatisfy(Self.isHostKey) else {
            throw container.invalid(.hostKeys, expected: "one or more lines `<algorithm> <base64>`")
        }
    }

    /// Printable ASCII without spaces, which no program takes for an option.
    private static func isWord(_ text: some StringProtocol) -> Bool {
        (1...255).contains(text.utf8.count) && !text.hasPrefix("-")
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private static func isHostKey(_ line: String) -> Bool {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        return words.count == 2 && isWord(words[0]) && (1...8192).contains(words[1].utf8.count)
            && words[1].utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
