internal import CCurl
import Glibc

/// An absolute `https` or `http` address without user information, as libcurl reads it.
///
/// `description` leaves out the query, which may hold secrets; `text` is the whole address.
package struct WebAddress: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The whole address without fragment.
    package let text: String
    /// `https` or `http`.
    package let scheme: String
    /// In lower case; an IPv6 address in brackets.
    package let host: String
    package let port: Int
    /// As it is sent, at least `/`.
    package let path: String
    /// As it is sent, without the question mark.
    package let query: String?

    /// - Throws: `HTTPError` `badURL`. User information is refused: credentials belong into headers, where no log shows them.
    package init(_ text: String) throws(HTTPError) {
        guard let parts = URLParts(text) else { throw HTTPError(.badURL, "", "it is no absolute URL") }
        guard !parts.hasUser else { throw HTTPError(.badURL, "", "it contains user information") }
        guard let scheme = parts[CURLUPART_SCHEME], let host = parts[CURLUPART_HOST], !host.isEmpty,
            let port = parts[CURLUPART_PORT].flatMap({ Int($0) }), let path = parts[CURLUPART_PATH],
            let whole = parts[CURLUPART_URL]
        else { throw HTTPError(.badURL, "", "it is no absolute URL") }
        guard scheme == "https" || scheme == "http" else {
            throw HTTPError(.badURL, "", "it is neither https nor http")
        }
        self.text = whole
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
        self.path = path
        query = parts[CURLUPART_QUERY]
    }

    /// Host, and port where it is not the scheme's own: what the `Host` header says.
    package var authority: String {
        port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)"
    }

    /// Two addresses with the same origin may see the same credentials.
    package var origin: String { "\(scheme)://\(authority)" }

    package var description: String { authority + path }
    package var customMirror: Mirror { Mirror(self, children: ["address": description]) }

    /// The address that a `Location` header means, seen from here.
    func following(_ reference: String) throws(HTTPError) -> WebAddress {
        guard let parts = URLParts(text), parts.apply(reference), let target = parts[CURLUPART_URL] else {
            throw HTTPError(.redirectRefused, description, "its target is no URL")
        }
        guard !parts.hasUser else {
            throw HTTPError(.redirectRefused, description, "its target contains user information")
        }
        return try WebAddress(target)
    }
}

/// Owns one `CURLU *`, libcurl's parsed URL.
@safe private struct URLParts: ~Copyable {
    private let handle: OpaquePointer
    /// The path is kept as written: what is signed is what is sent.
    private static let flags = UInt32(CURLU_PATH_AS_IS)

    init?(_ text: String) {
        guard let handle = unsafe curl_url() else { return nil }
        // A text with a zero byte would end early for libcurl.
        guard !text.utf8.contains(0), unsafe curl_url_set(handle, CURLUPART_URL, text, Self.flags) == CURLUE_OK else {
            unsafe curl_url_cleanup(handle)
            return nil
        }
        unsafe curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
        unsafe self.handle = handle
    }

    deinit { unsafe curl_url_cleanup(handle) }

    var hasUser: Bool { self[CURLUPART_USER] != nil || self[CURLUPART_PASSWORD] != nil }

    func apply(_ reference: String) -> Bool {
        guard !reference.utf8.contains(0) else { return false }
        return unsafe curl_url_set(handle, CURLUPART_URL, reference, Self.flags) == CURLUE_OK
            && curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK
    }

    subscript(part: CURLUPart) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        let flags = part == CURLUPART_PORT ? UInt32(CURLU_DEFAULT_PORT) : 0
        guard unsafe curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text = unsafe text else { return nil }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }
}
