import REST
import Records
import Tables
import Timestamps

/// Turns GitHub's answers into records. What is null there becomes an empty text where somebody wrote nothing, and the
/// placeholder where there is nobody or nothing.
struct GitHubMapping {
    let repository: String
    /// Logins in lower case whose remarks are left out.
    let bots: Set<String>

    func isBot(_ user: GitHubAnswer.User?) -> Bool {
        user?.type == "Bot" || user?.login.map { bots.contains($0.lowercased()) } ?? false
    }

    private func login(_ user: GitHubAnswer.User?) -> String { user?.login ?? unknown }

    func record(_ repo: GitHubAnswer.Repository) -> Record {
        Record(
            .gitHubRepo,
            [
                repository, "\(repo.id)", repo.description ?? unknown, repo.created_at.local,
                repo.private == true ? "1" : "0", repo.fork == true ? "1" : "0", "\(repo.stargazers_count ?? 0)",
                "\(repo.watchers_count ?? 0)",
            ])
    }

    func record(_ pull: GitHubAnswer.PullRequest, reviews: [GitHubAnswer.Review]) -> Record {
        let state = pull.state ?? unknown
        let isMerged = pull.merged ?? (pull.merged_at != nil)
        return Record(
            .mergeRequest,
            [
                repository, "\(pull.number)", pull.title ?? "", pull.body ?? "",
                state == "closed" && isMerged ? "merged" : state, pull.head?.ref ?? unknown, pull.base?.ref ?? unknown,
                login(pull.user), login(pull.user), login(pull.assignee), login(pull.assignee),
                "\(reviews.count { $0.state == "APPROVED" })", "\(reviews.count { $0.state == "CHANGES_REQUESTED" })",
                pull.created_at.local, pull.changed.local,
            ])
    }

    /// One per reviewer, in the order of their first review: the last decision counts, for which a mere remark is none.
    func records(_ reviews: [GitHubAnswer.Review], pull: Int) -> [Record] {
        var order: [String] = []
        var votes: [String: Int] = [:]
        for review in reviews where !isBot(review.user) {
            let reviewer = login(review.user)
            if votes[reviewer] == nil {
                order.append(reviewer)
                votes[reviewer] = 0
            }
            switch review.state {
            case "APPROVED": votes[reviewer] = 1
            case "CHANGES_REQUESTED": votes[reviewer] = -1
            case "DISMISSED": votes[reviewer] = 0
            default: break
            }
        }
        return order.map {
            Record(.mergeRequestReview, [repository, "\(pull)", $0, $0, "\(votes[$0] ?? 0)"])
        }
    }

    func record(_ issue: GitHubAnswer.Issue, closer: GitHubAnswer.User?) -> Record {
        Record(
            .gitHubIssue,
            [
                repository, "\(issue.number)", issue.title ?? "", issue.body ?? "", issue.state ?? unknown,
                login(issue.user), login(issue.user), login(issue.assignee), login(issue.assignee),
                issue.created_at.local, issue.changed.local,
                issue.pull_request.map { link in link.url.flatMap(Self.number).map { "\($0)" } ?? "\(issue.number)" }
                    ?? unknown,
                "\(issue.labels?.count ?? 0)", issue.closed_at?.moment.local ?? unknown, login(closer),
            ])
    }

    func issueNote(_ comment: GitHubAnswer.IssueComment, issue: Int) -> Record {
        Record(
            .gitHubIssueNote,
            [
                repository, "\(issue)", "\(comment.id)", login(comment.user), login(comment.user), comment.body ?? "",
                comment.created_at.local, comment.changed.local,
            ])
    }

    func requestNote(_ comment: GitHubAnswer.IssueComment, pull: Int) -> Record {
        Record(
            .mergeRequestNote,
            [
                repository, "\(pull)", unknown, "\(comment.id)", unknown, login(comment.user), login(comment.user),
                comment.body ?? "", comment.created_at.local, comment.changed.local,
            ])
    }

    func record(_ comment: GitHubAnswer.CommitComment) -> Record {
        let line = comment.line.map { "\($0)" } ?? unknown
        return Record(
            .commitComment,
            [
                repository, comment.commit_id ?? unknown, unknown, unknown, "\(comment.id)", unknown,
                login(comment.user), login(comment.user), comment.body ?? "", comment.path ?? unknown, line, line,
                unknown, comment.created_at.local, comment.changed.local,
            ])
    }

    func record(_ comment: GitHubAnswer.ReviewComment, pull: Int) -> Record {
        let place = DiffPlace(comment)
        return Record(
            .commitComment,
            [
                repository, comment.commit_id ?? unknown, "\(pull)", unknown, "\(comment.id)", unknown,
                login(comment.user), login(comment.user), comment.body ?? "", comment.path ?? unknown,
                "\(place.line)", "\(place.endLine)", place.type, comment.created_at.local,
                comment.changed.local,
            ])
    }

    /// The number at the end of an address.
    static func number(_ url: String) -> Int? {
        url.split { $0 == "/" || $0 == "#" || $0 == "?" }.last.flatMap { Int($0) }
    }
}

/// Where a remark stands in a change, in the terms of the tables: the start of the hunk on the new side, and that plus the
/// position in the hunk. Of a remark on an outdated change, which has no position any more, what line it names.
struct DiffPlace {
    let line: Int
    let endLine: Int
    let type: String

    init(_ comment: GitHubAnswer.ReviewComment) {
        guard let hunk = comment.diff_hunk, hunk.hasPrefix("@@") else {
            line = comment.position ?? comment.line ?? comment.original_line ?? 0
            endLine = line
            type = "0"
            return
        }
        let lines = hunk.split(separator: "\n", omittingEmptySubsequences: false)
        let start = Self.start(lines.first ?? "")
        if let position = comment.position {
            line = start
            endLine = start + position
        } else {
            line = comment.line ?? comment.original_line ?? 0
            endLine = line
        }
        switch lines.last?.utf8.first {
        case UInt8(ascii: "-"): type = "old"
        case UInt8(ascii: "+"): type = "new"
        default: type = "context"
        }
    }

    /// `c` of `@@ -a,b +c,d @@`; 0 where a length is left out.
    private static func start(_ header: Substring) -> Int {
        let parts = header.split(separator: " ")
        guard parts.count >= 3, parts[0] == "@@", parts[1].first == "-", parts[2].first == "+" else { return 0 }
        let (old, new) = (parts[1].dropFirst().split(separator: ","), parts[2].dropFirst().split(separator: ","))
        guard old.count == 2, new.count == 2, Int(old[0]) != nil, Int(old[1]) != nil, Int(new[1]) != nil else {
            return 0
        }
        return Int(new[0]) ?? 0
    }
}
