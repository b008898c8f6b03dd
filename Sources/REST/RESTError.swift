package import HTTP
package import Timestamps

/// Why an API did not answer what was asked. The text names host and path, never a token, a query or content.
package struct RESTError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Equatable, Sendable {
        /// 401: the server does not know the token, or it was revoked or is over.
        case unauthorised
        /// 403: the token may not do that; the scopes that the server says would do, where it does.
        case forbidden(needed: String?)
        /// 404 or 410: it is not there, or the token may not know of it.
        case notFound
        /// The server's limit is reached and lasts longer than can be waited for.
        case limited(until: Timestamp?)
        /// Another status that is no success; `isServerFault` for 5xx.
        case refused(status: Int)
        /// No answer.
        case unreachable(HTTPError)
        /// The answer is not what it should be; the sentence says where and what was expected.
        case malformed(String)
        /// The server gave an address of another host.
        case foreignAddress
        /// The archive that is replayed has no answer to this.
        case notArchived
        /// The deny list has the address.
        case denied
    }

    package let code: Code
    /// Host and path.
    package let subject: String
    /// Where the token comes from that was used, e.g. the name of a setting; `nil` without one.
    package let credential: String?

    package init(_ code: Code, _ subject: String, credential: String? = nil) {
        self.code = code
        self.subject = subject
        self.credential = credential
    }

    package var description: String {
        let login = credential.map { " with the login of \($0)" } ?? " without a login"
        switch code {
        case .unauthorised: return "\(subject): the server does not accept the request\(login) (401)"
        case .forbidden(let needed):
            return "\(subject): not allowed\(login) (403)" + (needed.map { "; it needs one of the scopes \($0)" } ?? "")
        case .notFound: return "\(subject): not there, or not to be seen\(login) (404)"
        case .limited(let until):
            return "\(subject): the server's limit of requests is reached"
                + (until.map { "; it ends at \($0.rfc3339)" } ?? "")
        case .refused(let status): return "\(subject): expected an answer, found status \(status)"
        case .unreachable(let error): return error.description
        case .malformed(let expectation): return "\(subject): \(expectation)"
        case .foreignAddress: return "\(subject): expected a next page on the same host, found another one"
        case .notArchived: return "\(subject): the archive has no answer to this request"
        case .denied: return "\(subject): the deny list has this address"
        }
    }

    /// What somebody can do about it.
    package var advice: String? {
        switch code {
        case .unauthorised:
            credential.map { "Put a token that is valid into \($0); the present one may be revoked or expired." }
                ?? "Set a token for the source."
        case .forbidden: "Give the token the scope, or its user the access, that the request needs."
        case .notFound: "Check the address; a private one answers like this to a token that may not see it."
        case .unreachable(let error): error.advice
        default: nil
        }
    }

    package var isForbidden: Bool { if case .forbidden = code { true } else { false } }
    package var isMalformed: Bool { if case .malformed = code { true } else { false } }

    /// Whether the server has nothing at the address, or not in the version that was asked for.
    package var isAboutAddress: Bool {
        switch code {
        case .notFound: true
        case .refused(let status): status == 400 || status == 405 || status == 501
        default: false
        }
    }

    /// Whether the same request would fail again without somebody's doing.
    package var isPermanent: Bool {
        switch code {
        case .limited: false
        case .refused(let status): status < 500 && status != 408 && status != 425
        case .unreachable(let error): error.isPermanent
        default: true
        }
    }
}
