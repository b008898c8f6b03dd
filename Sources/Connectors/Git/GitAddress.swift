/// Which URLs `git` is given: those of transports that run no program of the URL's choice.
enum GitAddress {
    private static let schemes: Set = ["file", "git", "http", "https", "ssh"]

    /// - Throws: `GitError` with the code `unsupportedAddress` for all but an absolute path, a URL of a known scheme,
    ///   and `user@host:path`.
    static func check(_ url: String) throws(GitError) {
        func refusal(_ reason: String) -> GitError {
            GitError(.unsupportedAddress, subject: GitError.withoutLogins(url), reason: reason)
        }
        guard url.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw refusal("it holds a control character")
        }
        if url.hasPrefix("/") { return }
        guard let colon = url.firstIndex(of: ":"), colon != url.startIndex, !url.hasPrefix("-") else {
            throw refusal("expected a URL or an absolute path")
        }
        let rest = url[url.index(after: colon)...]
        let place: Substring
        if rest.hasPrefix("//") {
            guard schemes.contains(url[..<colon].lowercased()) else {
                throw refusal("expected one of the schemes file, git, http, https and ssh")
            }
            place = rest.dropFirst(2).prefix { $0 != "/" }
        } else {
            // `ext::program` would have Git run a program.
            guard !rest.hasPrefix(":"), !rest.isEmpty, !url[..<colon].contains("/") else {
                throw refusal("expected a URL, an absolute path, or user@host:path")
            }
            place = url[..<colon]
        }
        // A host or user that begins so would be an option to the program it is handed to.
        guard !place.split(separator: "@", omittingEmptySubsequences: false).contains(where: { $0.hasPrefix("-") })
        else { throw refusal("expected a user and a host that do not begin with '-'") }
    }
}
