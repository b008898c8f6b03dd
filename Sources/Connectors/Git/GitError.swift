/// What a repository or `git` did that we could not follow.
struct GitError: Error, Equatable, CustomStringConvertible {
    enum Code: Equatable {
        /// Output that no known version of `git` writes.
        case unexpectedOutput
        /// `git` could not read the commit or what it refers to.
        case unreadableCommit
    }

    let code: Code
    /// A command or an object id.
    let subject: String

    init(_ code: Code, subject: String) {
        self.code = code
        self.subject = subject
    }

    var description: String {
        switch code {
        case .unexpectedOutput: "the output of git \(subject) is not of the form expected"
        case .unreadableCommit: "commit \(subject) cannot be read"
        }
    }
}
