import HTTP

extension RESTClient {
    /// What is to be done about an answer.
    enum Verdict {
        case good
        case limited
        case again(RESTError)
        case refusedLogin(RESTError)
        case fault(RESTError)
    }

    func verdict(
        _ response: HTTPResponse, _ request: RESTRequest, _ limit: RateLimit, _ address: WebAddress,
        _ authorization: Authorization?
    ) -> Verdict {
        func error(_ code: RESTError.Code) -> RESTError {
            RESTError(code, address.description, credential: authorization?.name)
        }
        let status = response.status
        if request.accepted.contains(status) { return .good }
        // A page to log in by, where Azure DevOps sends whoever it does not know.
        if status == 203 || response.address.origin != address.origin {
            return .refusedLogin(error(.unauthorised))
        }
        switch status {
        case 200..<300: return .good
        case 304 where request.isConditional: return .good
        case 401: return .refusedLogin(error(.unauthorised))
        case 403 where Self.isLimit(response, limit): return .limited
        case 403: return .fault(error(.forbidden(needed: Self.neededScopes(response))))
        case 404, 410: return .fault(error(.notFound))
        case 429: return .limited
        case 408, 425, 500...: return .again(error(.refused(status: status)))
        default: return .fault(error(.refused(status: status)))
        }
    }

    /// Whether a 403 means the limit (docs.github.com, "Rate limits for the REST API": a primary limit says that nothing
    /// remains; a secondary one has `Retry-After`, or says it in words only).
    private static func isLimit(_ response: HTTPResponse, _ limit: RateLimit) -> Bool {
        if limit.retryAfter != nil || limit.remaining == 0 { return true }
        let text = String(decoding: response.body.prefix(4096), as: UTF8.self).lowercased()
        return text.contains("rate limit") || text.contains("abuse detection")
    }

    /// What GitHub (`X-Accepted-OAuth-Scopes`, `X-Accepted-GitHub-Permissions`) and GitLab (`insufficient_scope`, RFC 6750)
    /// say would do, less what could be anything else than names.
    private static func neededScopes(_ response: HTTPResponse) -> String? {
        var found = response.headers["X-Accepted-OAuth-Scopes"] ?? response.headers["X-Accepted-GitHub-Permissions"]
        if found?.isEmpty != false {
            let bearer = response.headers["WWW-Authenticate"] ?? ""
            let body = String(decoding: response.body.prefix(4096), as: UTF8.self)
            for (text, start) in [(bearer, "scope=\""), (body, "\"scope\":\"")] {
                guard let from = text.firstRange(of: start)?.upperBound else { continue }
                found = String(text[from...].prefix { $0 != "\"" })
            }
        }
        let names = found?.prefix(120).filter { $0.isASCII && ($0.isLetter || $0.isNumber || " _:,;=-".contains($0)) }
        return names.flatMap { $0.isEmpty ? nil : String($0) }
    }
}
