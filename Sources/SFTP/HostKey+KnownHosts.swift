extension HostKey {
    /// The host keys, each a line of kind and base64, that a `known_hosts` file has for a host (sshd(8), SSH_KNOWN_HOSTS FILE
    /// FORMAT). Names that are hashed, patterns, and lines with a mark such as `@revoked` are passed over.
    package static func known(for host: String, port: Int, in text: String) -> [String] {
        let wanted = port == 22 ? [host, "[\(host)]:22"] : ["[\(host)]:\(port)"]
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 3, words[0].first != "#", words[0].first != "@",
                words[0].split(separator: ",").contains(where: { wanted.contains(String($0)) })
            else { return nil }
            return "\(words[1]) \(words[2])"
        }
    }
}
