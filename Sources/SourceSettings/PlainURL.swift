/// What a source's URL looks like before credentials have a say, and to others.
package enum PlainURL {
    /// The long form of a Git URL: `git@host:group/product.git` becomes `ssh://git@host/group/product.git`, and
    /// slashes after `.git` go.
    package static func ofGit(_ url: String) -> String {
        var text = url[...]
        if url.hasSuffix(".git/") || url.hasSuffix("/"), let last = url.lastIndex(where: { $0 != "/" }),
            url[...last].hasSuffix(".git")
        {
            text = url[...last]
        }
        guard let colon = text.firstIndex(of: ":") else { return String(text) }
        let place = text[..<colon]
        var path = text[text.index(after: colon)...]
        if path.hasPrefix("/") { path = path.dropFirst() }
        guard !place.isEmpty, !place.contains("/"), !path.isEmpty, !path.hasPrefix("/") else { return String(text) }
        let host = place.lastIndex(of: "@").map { place[place.index(after: $0)...] } ?? place
        return host.isEmpty ? String(text) : "ssh://\(place)/\(path)"
    }

    /// The form that may leave: without a password, and over HTTP without a user, who may as well be a token.
    package static func exported(_ url: String) -> String {
        var parts = SourceURL(url)
        guard parts.userInfo != nil else { return url }
        parts.userInfo = parts.isHTTP ? nil : parts.user
        return parts.text
    }

    /// What is the same for two spellings of one address: without user, `.git` and slashes at the end.
    package static func normalised(_ url: String) -> String {
        var parts = SourceURL(ofGit(url))
        parts.userInfo = nil
        while parts.path.hasSuffix("/") { parts.path.removeLast() }
        if parts.path.hasSuffix(".git") { parts.path.removeLast(4) }
        return parts.text
    }

    /// The last part of the path, without `.git`; `nil` where there is none.
    package static func lastPart(_ url: String) -> String? {
        guard var name = url.split(separator: "/").last, url.contains("/") else { return nil }
        if name.hasSuffix(".git") { name = name.dropLast(4) }
        return name.isEmpty ? nil : String(name)
    }
}
