import REST
import Records
import Tables
import Timestamps

/// Turns the answers about one repository into records.
struct AzureMapping {
    let repository: String

    private static let none = String(repeating: "0", count: 40)

    func record(_ update: AzureAnswer.RefUpdate, of push: AzureAnswer.Push) -> Record {
        let (old, new) = (update.oldObjectId ?? Self.none, update.newObjectId ?? Self.none)
        let isNew = old.allSatisfy { $0 == "0" }
        let isGone = new.allSatisfy { $0 == "0" }
        return event(
            push, commit: isGone ? old : new, action: isNew ? "pushed new" : isGone ? "deleted" : "pushed to",
            ref: update.name ?? unknown, username: push.pushedBy?.uniqueName)
    }

    /// Of Team Foundation Server 2013, which knows the commits of a push but not its branches.
    func record(_ commit: AzureAnswer.Commit, of push: AzureAnswer.Push) -> Record {
        event(
            push, commit: commit.commitId, action: "pushed to", ref: unknown, username: push.pushedBy?.displayName)
    }

    private func event(
        _ push: AzureAnswer.Push, commit: String, action: String, ref: String, username: String?
    ) -> Record {
        Record(
            .vcsEvent,
            [
                repository, commit, action, "push", ref, push.pushedBy?.displayName ?? unknown, username ?? unknown,
                unknown, push.date.local,
            ])
    }

    func record(_ pull: AzureAnswer.PullRequest, _ reviewers: [AzureAnswer.Reviewer]) -> Record {
        Record(
            .mergeRequest,
            [
                repository, "\(pull.pullRequestId)", pull.title ?? "", pull.description ?? "",
                pull.status ?? unknown, pull.sourceRefName ?? unknown, pull.targetRefName ?? unknown,
                pull.createdBy?.displayName ?? unknown, pull.createdBy?.uniqueName ?? unknown, unknown, unknown,
                "\(reviewers.count { $0.vote ?? 0 > 0 })", "\(reviewers.count { $0.vote ?? 0 < 0 })",
                pull.creationDate.local, (pull.closedDate ?? pull.creationDate).local,
            ])
    }

    func reviews(_ pull: AzureAnswer.PullRequest, _ reviewers: [AzureAnswer.Reviewer]) -> [Record] {
        reviewers.filter { !AzureAnswer.Identity.isGroup($0.isContainer, $0.uniqueName) }.map { reviewer in
            Record(
                .mergeRequestReview,
                [
                    repository, "\(pull.pullRequestId)", reviewer.displayName ?? unknown,
                    reviewer.uniqueName ?? unknown, "\(reviewer.vote ?? 0)",
                ])
        }
    }

    func isByGroup(_ comment: AzureAnswer.Comment) -> Bool {
        AzureAnswer.Identity.isGroup(
            comment.author?.isContainer, comment.authorDisplayName ?? comment.author?.displayName)
    }

    func record(_ comment: AzureAnswer.Comment, _ thread: AzureAnswer.Thread, pull: Int) -> Record {
        let author = comment.authorDisplayName ?? comment.author?.displayName ?? unknown
        let account = comment.authorDisplayName ?? comment.author?.uniqueName ?? author
        let parent = comment.parentId ?? comment.parentCommentId ?? 0
        let created = comment.publishedDate.local
        let updated = (comment.lastUpdatedDate ?? comment.publishedDate).local
        guard let place = ThreadPlace(thread) else {
            return Record(
                .mergeRequestNote,
                [
                    repository, "\(pull)", "\(thread.id)", "\(comment.id)", "\(parent)", author, account,
                    comment.content ?? "", created, updated,
                ])
        }
        return Record(
            .commitComment,
            [
                repository, place.commit, "\(pull)", "\(thread.id)", "\(comment.id)", "\(parent)", author, account,
                comment.content ?? "", place.file, place.line, place.endLine, place.type, created, updated,
            ])
    }

    func record(_ team: AzureAnswer.Team) -> Record {
        Record(.tfsTeam, [repository, team.name ?? unknown, team.description ?? ""])
    }

    func record(_ member: AzureAnswer.Member, of team: AzureAnswer.Team) -> Record {
        Record(.tfsTeamMember, [repository, team.name ?? unknown, member.name ?? unknown, member.account ?? unknown])
    }

    func record(_ sprint: AzureAnswer.Sprint, of team: AzureAnswer.Team) -> Record {
        Record(
            .tfsSprint,
            [
                repository, team.name ?? unknown, sprint.name ?? unknown,
                sprint.attributes?.startDate?.moment.local ?? unknown,
                sprint.attributes?.finishDate?.moment.local ?? unknown,
            ])
    }
}

/// Where a thread stands in the changes of a pull request; there is none for one about the whole of it.
struct ThreadPlace {
    let file: String
    let line: String
    let endLine: String
    let type: String
    let commit: String

    private static let prefix = "Microsoft.TeamFoundation.Discussion."

    init?(_ thread: AzureAnswer.Thread) {
        func property(_ name: String) -> String? { thread.properties?[name]?.value?.text }
        commit = property("CodeReviewTargetCommit") ?? unknown
        if let path = property(Self.prefix + "ItemPath") {
            file = path
            line = property(Self.prefix + "Position.StartLine") ?? unknown
            endLine = property(Self.prefix + "Position.EndLine") ?? unknown
            type =
                property(Self.prefix + "Position.PositionContext").map { $0 == "LeftBuffer" ? "old" : "new" } ?? unknown
        } else if let context = thread.threadContext, let path = context.filePath {
            let isOld = context.rightFileStart == nil && context.leftFileStart != nil
            let (start, end) =
                isOld
                ? (context.leftFileStart, context.leftFileEnd) : (context.rightFileStart, context.rightFileEnd)
            file = path
            line = start?.line.map { "\($0)" } ?? unknown
            endLine = end?.line.map { "\($0)" } ?? line
            type = start == nil ? unknown : isOld ? "old" : "new"
        } else {
            return nil
        }
    }
}
