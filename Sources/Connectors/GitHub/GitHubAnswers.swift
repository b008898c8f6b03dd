import REST

/// What GitHub's API answers, as far as it is used (docs.github.com/rest, version 2022-11-28, and Enterprise Server).
/// Members that may be missing or null on any of its versions are optional.
enum GitHubAnswer {
    struct User: Decodable, Sendable {
        let login: String?
        let type: String?
    }

    struct Repository: Decodable, Sendable {
        let id: Int64
        let description: String?
        let created_at: APIDate?
        let `private`: Bool?
        let fork: Bool?
        let stargazers_count: Int?
        let watchers_count: Int?
        let has_issues: Bool?
    }

    struct Branch: Decodable, Sendable {
        let ref: String?
    }

    struct PullRequest: Decodable, Sendable {
        let number: Int
        let title: String?
        let body: String?
        let state: String?
        let user: User?
        let assignee: User?
        let created_at: APIDate?
        let updated_at: APIDate?
        let merged: Bool?
        let merged_at: APIDate?
        let head: Branch?
        let base: Branch?

        var changed: APIDate? { updated_at ?? created_at }
    }

    struct Review: Decodable, Sendable {
        let user: User?
        let state: String?
    }

    struct Link: Decodable, Sendable {
        let url: String?
    }

    struct Issue: Decodable, Sendable {
        let number: Int
        let title: String?
        let body: String?
        let state: String?
        let user: User?
        let assignee: User?
        let labels: [Ignored]?
        let comments: Int?
        let created_at: APIDate?
        let updated_at: APIDate?
        let closed_at: APIDate?
        let pull_request: Link?
        let closed_by: User?
        /// Older servers say who closed an issue only when asked for that issue.
        let tellsCloser: Bool

        var changed: APIDate? { updated_at ?? created_at }

        private enum CodingKeys: String, CodingKey {
            case number, title, body, state, user, assignee, labels, comments, created_at, updated_at, closed_at
            case pull_request, closed_by
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            number = try values.decode(Int.self, forKey: .number)
            title = try values.decodeIfPresent(String.self, forKey: .title)
            body = try values.decodeIfPresent(String.self, forKey: .body)
            state = try values.decodeIfPresent(String.self, forKey: .state)
            user = try values.decodeIfPresent(User.self, forKey: .user)
            assignee = try values.decodeIfPresent(User.self, forKey: .assignee)
            labels = try values.decodeIfPresent([Ignored].self, forKey: .labels)
            comments = try values.decodeIfPresent(Int.self, forKey: .comments)
            created_at = try values.decodeIfPresent(APIDate.self, forKey: .created_at)
            updated_at = try values.decodeIfPresent(APIDate.self, forKey: .updated_at)
            closed_at = try values.decodeIfPresent(APIDate.self, forKey: .closed_at)
            pull_request = try values.decodeIfPresent(Link.self, forKey: .pull_request)
            closed_by = try values.decodeIfPresent(User.self, forKey: .closed_by)
            tellsCloser = values.contains(.closed_by)
        }
    }

    /// Anything with a number.
    struct Numbered: Decodable, Sendable {
        let number: Int
    }

    struct IssueComment: Decodable, Sendable {
        let id: Int64
        let body: String?
        let user: User?
        let created_at: APIDate?
        let updated_at: APIDate?
        let issue_url: String?
        let html_url: String?

        var changed: APIDate? { updated_at ?? created_at }
    }

    struct ReviewComment: Decodable, Sendable {
        let id: Int64
        let body: String?
        let user: User?
        let path: String?
        let commit_id: String?
        let diff_hunk: String?
        let position: Int?
        let line: Int?
        let original_line: Int?
        let created_at: APIDate?
        let updated_at: APIDate?
        let pull_request_url: String?

        var changed: APIDate? { updated_at ?? created_at }
    }

    struct CommitComment: Decodable, Sendable {
        let id: Int64
        let body: String?
        let user: User?
        let path: String?
        let line: Int?
        let commit_id: String?
        let created_at: APIDate?
        let updated_at: APIDate?

        var changed: APIDate? { updated_at ?? created_at }
    }

    /// One entry of a repository's list of what happened to issues.
    struct Event: Decodable, Sendable {
        let event: String?
        let actor: User?
        let issue: Number?

        struct Number: Decodable, Sendable {
            let number: Int
        }
    }

    /// A repository in a list of those of an owner or a team.
    struct Sibling: Decodable, Sendable {
        let name: String
        let clone_url: String?
    }

    struct Team: Decodable, Sendable {
        let slug: String?
        let url: String?
    }
}
