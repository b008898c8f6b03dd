/// What a repository or `git` did that we could not follow.
struct GitError: Error, Equatable, CustomStringConvertible {
    enum Code: Equatable {
        /// A URL of a form that is not gathered from.
        case unsupportedAddress
        /// Output that no known version of `git` writes.
        case unexpectedOutput
        /// `git` ended without success.
        case failed
    }

    let code: Code
    /// A command, or the repository's URL without login.
    let subject: String
    /// What `git` said last.
    let reason: String

    init(_ code: Code, subject: String, reason: String = "") {
        self.code = code
        self.subject = subject
        self.reason = reason
    }

    var description: String { sentence + (code == .failed ? advice.map { ". \($0)" } ?? "" : "") }

    /// What is wrong, without the advice.
    var sentence: String {
        switch code {
        case .unsupportedAddress: "the URL \(subject) of the Git repository is not usable: \(reason)"
        case .unexpectedOutput: "the output of git \(subject) is not of the form expected"
        case .failed: "the Git repository \(subject) cannot be read: git says \"\(reason)\""
        }
    }

    /// What the operator can do about it, as far as what `git` says in English tells.
    var advice: String? {
        Self.advice.first { advice in advice.signs.contains { reason.lowercased().contains($0) } }?.text
    }

    private static let advice: [(signs: [String], text: String)] = [
        (
            ["host key verification"],
            "The server shows another SSH host key than before: check it, then correct the known hosts."
        ),
        (
            [
                "authentication failed", "permission denied", "could not read username", "could not read password",
                "403",
            ],
            "Check the user, the token or the key of the source, and that it may read the repository."
        ),
        (
            ["certificate"],
            "Check the server's certificate, and the authority file of the source if it has one."
        ),
        (
            ["could not resolve", "unable to access", "connection", "timed out", "unable to connect", "unreachable"],
            "Check the host, the port and the network; what was fetched before is kept."
        ),
        (
            ["does not appear to be a git repository", "does not exist", "not found", "could not read from remote"],
            "Check the URL of the source, and that this account may read what is there."
        ),
        (["no space left"], "Make room where the repositories are kept."),
        (
            ["file too large"],
            "It sends more than REPOSITORY_LIMIT allows: raise the limit if that is right, or leave the source out."
        ),
    ]
}

extension GitError {
    /// The failure of a program that worked for a repository.
    ///
    /// - Parameters:
    ///   - url: the repository's.
    ///   - errors: what the program wrote to its standard error.
    static func failed(_ url: String, errors: [UInt8]) -> GitError {
        let lines = String(decoding: errors, as: UTF8.self).split(whereSeparator: \.isNewline)
        // Over SSH, advice in several lines follows what is wrong.
        let complaints = lines.filter { $0.hasPrefix("fatal: ") || $0.hasPrefix("error: ") }
        // That a program of its own gave nothing is the end of a fetch; why, that program said before.
        let telling =
            complaints.last { !$0.hasSuffix("invalid index-pack output") } ?? complaints.last ?? lines.last ?? "nothing"
        // The reason that `ssh` or the server gives stands before what `git` makes of it; `ssh` adorns it.
        let causes =
            telling.contains("Could not read from remote")
            ? lines.filter { !$0.hasPrefix("Warning:") && !$0.hasPrefix("@") } : []
        let cause = causes.first { $0.contains("verification failed") || $0.contains("denied") } ?? causes.first
        return GitError(.failed, subject: withoutLogins(url), reason: withoutLogins(String(cause ?? telling)))
    }

    /// A text in which no URL has a user or a password.
    static func withoutLogins(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let separator = rest.firstRange(of: "://") {
            result += rest[..<separator.upperBound]
            rest = rest[separator.upperBound...]
            let authority = rest.prefix { !"/?# '\"".contains($0) }
            if let at = authority.lastIndex(of: "@") { rest = rest[authority.index(after: at)...] }
        }
        return result + rest
    }
}
