import REST
import Records
import Tables
import Timestamps

/// Turns GitLab's answers into records. What is null there becomes an empty text where somebody wrote nothing, and the
/// placeholder where there is nobody or nothing.
struct GitLabMapping {
    let repository: String

    private func name(_ user: GitLabAnswer.User?) -> String { user?.name ?? unknown }
    private func username(_ user: GitLabAnswer.User?) -> String { user?.username ?? unknown }

    func record(_ project: GitLabAnswer.Project) -> Record {
        Record(
            .gitLabRepo,
            [
                repository, "\(project.id)", project.description ?? unknown, project.created_at.local,
                project.archived == true ? "1" : "0", project.avatar_url == nil ? "0" : "1",
                "\(project.star_count ?? 0)",
            ])
    }

    func record(_ request: GitLabAnswer.MergeRequest) -> Record {
        Record(
            .mergeRequest,
            [
                repository, "\(request.id)", request.title ?? "", request.description ?? "",
                request.state ?? unknown, request.source_branch ?? unknown, request.target_branch ?? unknown,
                name(request.author), username(request.author), name(request.assignee), username(request.assignee),
                "\(request.upvotes ?? 0)", "\(request.downvotes ?? 0)", request.created_at.local,
                request.changed.local,
            ])
    }

    func record(_ note: GitLabAnswer.Note, request: Int64) -> Record {
        Record(
            .mergeRequestNote,
            [
                repository, "\(request)", unknown, "\(note.id)", unknown, name(note.author), username(note.author),
                note.body ?? "", note.created_at.local, nil,
            ])
    }

    func record(_ issue: GitLabAnswer.Issue) -> Record {
        Record(
            .gitLabIssue,
            [
                repository, "\(issue.iid)", issue.title ?? "", issue.description ?? "", issue.state ?? unknown,
                name(issue.author), username(issue.author), name(issue.assignee), username(issue.assignee),
                issue.created_at.local, issue.changed.local, "\(issue.labels?.count ?? 0)",
                issue.closed_at?.moment.local ?? unknown, username(issue.closed_by), "\(issue.upvotes ?? 0)",
                "\(issue.downvotes ?? 0)",
            ])
    }

    func record(_ note: GitLabAnswer.Note, issue: Int) -> Record {
        Record(
            .gitLabIssueNote,
            [
                repository, "\(issue)", "\(note.id)", name(note.author), username(note.author), note.body ?? "",
                note.created_at.local, (note.updated_at ?? note.created_at).local,
            ])
    }

    /// One per person who approved, and one without a vote per reviewer who did not.
    func reviews(_ approvals: GitLabAnswer.Approvals, _ request: GitLabAnswer.MergeRequest) -> [Record] {
        let approved = (approvals.approved_by ?? []).compactMap(\.user)
        let names = Set(approved.map(username))
        let others = (request.reviewers ?? []).filter { !names.contains(username($0)) }
        return (approved.map { ($0, "1") } + others.map { ($0, "0") }).map { user, vote in
            Record(
                .mergeRequestReview, [repository, "\(request.id)", name(user), username(user), vote])
        }
    }

    func record(_ comment: GitLabAnswer.CommitComment, commit: String) -> Record {
        Record(
            .commitComment,
            [
                repository, commit, unknown, unknown, unknown, unknown, name(comment.author),
                username(comment.author), comment.note ?? "", comment.path ?? unknown,
                comment.line.map { "\($0)" } ?? unknown, nil, comment.line_type ?? unknown,
                comment.created_at.local, nil,
            ])
    }

    func record(_ push: GitLabPush, _ event: GitLabAnswer.Event, commit: String) -> Record {
        Record(
            .vcsEvent,
            [
                repository, commit, push.action, push.kind, push.ref, push.user, push.username, push.email,
                event.created_at.local,
            ])
    }
}

/// What was pushed, in either of the two forms in which GitLab has told it.
struct GitLabPush {
    enum Commits: Equatable {
        case these([String])
        /// All after the first up to the second.
        case range(String, String)
    }

    let action: String
    let kind: String
    let ref: String
    let user: String
    let username: String
    let email: String
    let commits: Commits

    private static let actions: Set<String> = ["pushed to", "pushed new", "deleted"]

    /// `nil` for what is no push.
    init?(_ event: GitLabAnswer.Event) {
        guard let name = event.action_name, Self.actions.contains(name) else { return nil }
        username = event.author_username ?? event.author?.username ?? unknown
        if let data = event.data {
            let isDeletion = data.after?.hasPrefix("00000000") == true
            action = isDeletion ? "deleted" : name
            kind = data.object_kind ?? "push"
            ref = data.ref ?? unknown
            user = data.user_name ?? username
            email = data.user_email ?? unknown
            if kind == "tag_push" {
                commits = .these([action == "deleted" ? data.before : data.after].compactMap(\.self))
            } else if action == "deleted" {
                commits = .these([data.before].compactMap(\.self))
            } else {
                commits = .these(data.commits?.map(\.id) ?? [])
            }
            return
        }
        guard let push = event.push_data else { return nil }
        action = name
        kind = push.ref_type ?? unknown
        ref = push.ref ?? unknown
        user = event.author?.name ?? unknown
        email = unknown
        switch (push.commit_from, push.commit_to) {
        case (nil, let to): commits = .these([to].compactMap(\.self))
        case (let from?, nil): commits = .these([from])
        case (let from?, let to?):
            commits = push.ref_type == "tag" || push.commit_count == 1 ? .these([to]) : .range(from, to)
        }
    }
}
