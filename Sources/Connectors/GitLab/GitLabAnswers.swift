import REST

/// What GitLab's API answers, as far as it is used (docs.gitlab.com/api, version 4 from GitLab 9.4 on). Members that may
/// be missing or null on any of its versions are optional.
enum GitLabAnswer {
    struct User: Decodable, Sendable {
        let name: String?
        let username: String?
    }

    struct Project: Decodable, Sendable {
        let id: Int64
        let description: String?
        let created_at: APIDate?
        let archived: Bool?
        let avatar_url: String?
        let star_count: Int?
    }

    struct MergeRequest: Decodable, Sendable {
        let id: Int64
        let iid: Int
        let title: String?
        let description: String?
        let state: String?
        let source_branch: String?
        let target_branch: String?
        let author: User?
        let assignee: User?
        let reviewers: [User]?
        let upvotes: Int?
        let downvotes: Int?
        let created_at: APIDate?
        let updated_at: APIDate?

        var changed: APIDate? { updated_at ?? created_at }
    }

    /// Anything with a number within its project.
    struct Numbered: Decodable, Sendable {
        let iid: Int
    }

    struct Issue: Decodable, Sendable {
        let iid: Int
        let title: String?
        let description: String?
        let state: String?
        let author: User?
        let assignee: User?
        let labels: [Ignored]?
        let user_notes_count: Int?
        let upvotes: Int?
        let downvotes: Int?
        let created_at: APIDate?
        let updated_at: APIDate?
        let closed_at: APIDate?
        let closed_by: User?

        var changed: APIDate? { updated_at ?? created_at }
    }

    struct Note: Decodable, Sendable {
        let id: Int64
        let body: String?
        let author: User?
        let created_at: APIDate?
        let updated_at: APIDate?
    }

    struct Approvals: Decodable, Sendable {
        let approved_by: [Approval]?

        struct Approval: Decodable, Sendable {
            let user: User?
        }
    }

    struct Event: Decodable, Sendable {
        let id: Int64?
        let action_name: String?
        let created_at: APIDate?
        let author: User?
        let author_username: String?
        let push_data: Push?
        /// Before GitLab 9.5.
        let data: LegacyPush?
    }

    struct Push: Decodable, Sendable {
        let commit_count: Int?
        let ref_type: String?
        let commit_from: String?
        let commit_to: String?
        let ref: String?
    }

    struct LegacyPush: Decodable, Sendable {
        let object_kind: String?
        let ref: String?
        let before: String?
        let after: String?
        let user_name: String?
        let user_email: String?
        let commits: [Commit]?
    }

    struct Commit: Decodable, Sendable {
        let id: String
    }

    struct CommitComment: Decodable, Sendable {
        let note: String?
        let path: String?
        let line: Int?
        let line_type: String?
        let author: User?
        let created_at: APIDate?
    }

    struct Sibling: Decodable, Sendable {
        let id: Int64
        let name: String
        let http_url_to_repo: String?
    }

    struct Version: Decodable, Sendable {
        let version: String?
    }
}
