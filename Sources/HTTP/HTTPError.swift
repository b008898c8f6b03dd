/// Why an exchange with a web server failed. The text names host and path, never the query, headers or content.
package struct HTTPError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// The address cannot be used: not a URL, user information inside, or a scheme that the request does not allow.
        case badURL
        /// A header's name or value has characters that HTTP does not allow there.
        case badHeader
        /// The file with the certificate to trust, or the pin, cannot be used.
        case badTrust
        case cannotResolve
        case cannotConnect
        /// The proxy cannot be found or refuses.
        case proxyFailed
        /// The TLS handshake failed for another reason than the certificate.
        case tlsFailed
        case certificateNotTrusted
        /// The certificate is not valid yet or no longer.
        case certificateExpired
        /// The certificate is trusted, but made for other host names.
        case hostNameMismatch
        /// The server's public key is not the pinned one.
        case keyNotPinned
        /// No connection within the connect time-out, or no complete answer within the total one.
        case timedOut
        /// The answer stopped coming for the stall time-out.
        case stalled
        /// The answer has more bytes, after decompression, or more headers than allowed.
        case tooLarge
        /// The connection ended before the answer was complete.
        case brokenConnection
        /// The answer is not HTTP or not in an encoding that was offered.
        case badAnswer
        case tooManyRedirects
        /// A redirect that would leave TLS, or carry content to another host.
        case redirectRefused
        /// Somebody who looks at the requests does not want this one.
        case notPermitted
        /// The task was cancelled.
        case cancelled
        /// The client has been closed, or libcurl has no memory left.
        case unusable
    }

    package let code: Code
    /// Host, port where it is unusual, and path; empty where the address could not be read.
    package let subject: String
    /// What was found, in the words of this program or of libcurl.
    package let cause: String

    init(_ code: Code, _ subject: String, _ cause: String) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }

    /// Whether the same request would fail again without somebody's doing.
    package var isPermanent: Bool {
        switch code {
        case .cannotResolve, .cannotConnect, .proxyFailed, .tlsFailed, .timedOut, .stalled, .brokenConnection,
            .badAnswer:
            false
        case .badURL, .badHeader, .badTrust, .certificateNotTrusted, .certificateExpired, .hostNameMismatch,
            .keyNotPinned, .tooLarge, .tooManyRedirects, .redirectRefused, .notPermitted, .cancelled, .unusable:
            true
        }
    }

    package var description: String {
        let place = subject.isEmpty ? "" : " \(subject)"
        return switch code {
        case .badURL: "cannot use the address\(place): \(cause)"
        case .badHeader: "cannot send a header to\(place): \(cause)"
        case .badTrust: "cannot decide whom to trust for\(place): \(cause)"
        case .cannotResolve: "cannot find the host of\(place): \(cause)"
        case .cannotConnect: "cannot connect to\(place): \(cause)"
        case .proxyFailed: "cannot reach\(place) through the proxy: \(cause)"
        case .tlsFailed: "cannot agree on TLS with\(place): \(cause)"
        case .certificateNotTrusted: "the certificate of\(place) is not trusted: \(cause)"
        case .certificateExpired: "the certificate of\(place) is not valid at this time: \(cause)"
        case .hostNameMismatch: "the certificate of\(place) is for another host: \(cause)"
        case .keyNotPinned: "the public key of\(place) is not the pinned one: \(cause)"
        case .timedOut: "no complete answer from\(place) in time: \(cause)"
        case .stalled: "the answer of\(place) stopped: \(cause)"
        case .tooLarge: "the answer of\(place) is too large: \(cause)"
        case .brokenConnection: "the connection to\(place) broke: \(cause)"
        case .badAnswer: "the answer of\(place) cannot be read: \(cause)"
        case .tooManyRedirects: "too many redirects from\(place): \(cause)"
        case .redirectRefused: "refused a redirect from\(place): \(cause)"
        case .notPermitted: "may not ask\(place): \(cause)"
        case .cancelled: "the request to\(place) was cancelled: \(cause)"
        case .unusable: "cannot send to\(place): \(cause)"
        }
    }

    /// What an operator may do about it.
    package var advice: String? {
        switch code {
        case .cannotResolve: "Check the host name, and that this machine's name service knows it."
        case .cannotConnect:
            "Check the port, that the server runs, and that no firewall or missing proxy setting is between."
        case .proxyFailed: "Check the proxy's address and credentials, and whether this host should bypass it."
        case .tlsFailed: "Check that the port speaks TLS 1.2 or later."
        case .certificateNotTrusted:
            "Compare the server's certificate with the one given to this program; get the new one from the server's operator."
        case .certificateExpired: "Check this machine's clock; otherwise the server needs a new certificate."
        case .hostNameMismatch: "Use a host name that the certificate lists, or have the certificate made for this one."
        case .keyNotPinned:
            "If the server's key was changed on purpose, pin the new one; otherwise treat it as an attack."
        case .badTrust: "Give a readable file with PEM certificates."
        case .notPermitted: "Have whoever owns the agent's policy.json permit it there."
        case .timedOut, .stalled: "Try again later; if it stays, the server or the network between is overloaded."
        default: nil
        }
    }
}
