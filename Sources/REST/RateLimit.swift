import HTTP
import Timestamps

/// What an answer says about the server's limit of requests.
struct RateLimit: Equatable {
    /// Requests within one window.
    var limit: Int?
    var remaining: Int?
    /// When the window ends, by this machine's clock.
    var resets: Timestamp?
    /// How long the server wants to be left alone (RFC 9110 §10.2.3).
    var retryAfter: Duration?

    /// Reads `Retry-After`, GitHub's and Azure DevOps' `X-RateLimit-…` (docs.github.com, "Rate limits for the REST API";
    /// learn.microsoft.com, "Rate and usage limits") and GitLab's `RateLimit-…` (docs.gitlab.com, "User and IP rate limits").
    init(_ headers: HTTPHeaders, now: Timestamp) {
        // Both clocks may be wrong; what counts is the distance on the server's.
        let server = headers["Date"].flatMap { Timestamp(httpDate: $0) } ?? now
        retryAfter = headers["Retry-After"].flatMap { text in
            if let seconds = Int(text), seconds >= 0 { return .seconds(min(seconds, 1 << 30)) }
            return Timestamp(httpDate: text).map { max($0 - server, .zero) }
        }
        // GitHub counts searches and others apart; those do not stop what is done here.
        if let resource = headers["X-RateLimit-Resource"], resource != "core" { return }
        for prefix in ["X-RateLimit-", "RateLimit-"] {
            guard let remaining = headers["\(prefix)Remaining"].flatMap({ Int($0) }) else { continue }
            self.remaining = remaining
            limit = headers["\(prefix)Limit"].flatMap { Int($0) }
            guard let reset = headers["\(prefix)Reset"].flatMap({ Int($0) }), reset >= 0, reset < 1 << 40 else {
                return
            }
            // A moment, or in the drafts of the standard the seconds until then.
            let left = reset > 1_000_000_000 ? Timestamp(seconds: reset) - server : .seconds(reset)
            resets = now + max(left, .zero)
            return
        }
    }
}
