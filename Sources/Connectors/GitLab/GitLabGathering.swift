import Forges
import Gathering
import HTTP
import REST
import Records
import Tables
import Timestamps

/// The work of one gathering; used by one task, which may have several requests under way.
final class GitLabGathering {
    let run: ForgeRun
    let mapping: GitLabMapping
    private let settings: GitLabSettings
    private let storage: String
    let stream: RecordStream
    /// Servers without approvals are asked for them once.
    private var hasApprovals = true
    /// Of the merge requests that were listed, as they count within the project.
    private var numbers: Set<Int> = []
    private var knowsOfApprovals = false

    init(
        run: ForgeRun, mapping: GitLabMapping, settings: GitLabSettings, storage: String, stream: RecordStream
    ) {
        self.run = run
        self.mapping = mapping
        self.settings = settings
        self.storage = storage
        self.stream = stream
    }

    var path: String { settings.path }

    func all() async throws {
        guard settings.dropins?.hasProject != true else { return }
        run.begin("project")
        var request = RESTRequest(path)
        request.isConditional = true
        if let project = try await run.client.get(GitLabAnswer.Project.self, request) {
            try stream.append(mapping.record(project))
        }
        guard settings.dropins == nil else { return }
        try await run.readingAhead([eventList, mergeRequestList, issueList]) {
            try await run.part("events", readEvents)
            try await run.part("merge requests", readMergeRequests)
            try await run.part("counting merge requests", count)
            try await run.part("issues", readIssues)
            if settings.asksForCommitComments { try await run.part("commit comments", readCommitComments) }
        }
    }

    private func conditional(_ list: String, _ query: [(name: String, value: String)]) -> RESTRequest {
        var request = RESTRequest("\(path)/\(list)", query)
        request.isConditional = true
        return request
    }

    private static let newestFirst = [
        (name: "state", value: "all"), ("scope", "all"), ("order_by", "updated_at"), ("sort", "desc"),
    ]

    private var eventList: RESTRequest { conditional("events", [("action", "pushed")]) }
    private var mergeRequestList: RESTRequest { conditional("merge_requests", Self.newestFirst) }
    var issueList: RESTRequest { conditional("issues", Self.newestFirst) }

    // MARK: Events

    private func readEvents() async throws {
        run.begin("events")
        var order = ListOrder()
        var seen: Set<Int64> = []
        var unresolved = 0
        let report = try await run.client.pages(
            eventList, as: [GitLabAnswer.Event].self, .links()
        ) { page in
            for event in page {
                guard let push = GitLabPush(event) else { continue }
                if let id = event.id, !seen.insert(id).inserted { continue }
                guard run.isNew(event.created_at?.moment, "e\(event.id.map { "\($0)" } ?? push.ref)") else { continue }
                switch push.commits {
                case .these(let commits):
                    for commit in commits { try stream.append(mapping.record(push, event, commit: commit)) }
                case .range(let from, let to):
                    guard let commits = try await settings.commits(storage, from, to) else {
                        unresolved += 1
                        continue
                    }
                    for commit in commits { try stream.append(mapping.record(push, event, commit: commit)) }
                }
            }
            run.advance(by: page.count)
            return run.verdict(&order, page.map(\.created_at))
        }
        // Not a gap of the gathering: what was pushed is no longer in the repository.
        if unresolved > 0 {
            run.remark(
                "\(unresolved == 1 ? "a push names" : "\(unresolved) pushes name") commits that the repository no longer has"
            )
        }
        run.enter("events", report)
    }

    // MARK: Merge requests

    private func readMergeRequests() async throws {
        run.begin("merge requests")
        var order = ListOrder()
        var seen: Set<Int64> = []
        let report = try await run.client.pages(
            mergeRequestList, as: [GitLabAnswer.MergeRequest].self, .links()
        ) { page in
            let new = page.filter { run.isNew($0.changed?.moment, "m\($0.id)") && seen.insert($0.id).inserted }
            numbers.formUnion(page.map(\.iid))
            try await take(new)
            run.advance(by: page.count)
            return run.verdict(&order, page.map(\.changed))
        }
        run.enter("merge requests", report)
    }

    /// Looks whether the server has more or fewer merge requests than were ever delivered.
    private func count() async throws {
        let (client, path) = (run.client, path)
        let everything = [(name: "state", value: "all"), ("scope", "all"), ("order_by", "created_at")]
        let result = try await Census(run, of: "merge request").take(
            seen: numbers,
            count: {
                let query = everything + [("sort", "desc"), ("per_page", "1")]
                let answer = try await client.send(RESTRequest("\(path)/merge_requests", query))
                let newest = try answer.decode([GitLabAnswer.Numbered].self).first?.iid
                return answer.headers["X-Total"].flatMap { Int($0) }.map { Census.Count(total: $0, newest: newest) }
            },
            list: {
                var numbers: Set<Int> = []
                _ = try await client.pages(
                    RESTRequest("\(path)/merge_requests", everything + [("sort", "asc")]),
                    as: [GitLabAnswer.Numbered].self, .links()
                ) { page in
                    numbers.formUnion(page.map(\.iid))
                    return .more
                }
                return numbers
            },
            isGone: { number in
                var request = RESTRequest("\(path)/merge_requests/\(number)")
                request.accepted = [404]
                return try await client.send(request).status == 404
            })
        guard let result, !result.missing.isEmpty || result.lacking > 0 else { return }
        let found = try await run.together(result.missing.sorted()) { number in
            try await client.send(RESTRequest("\(path)/merge_requests/\(number)")).decode(
                GitLabAnswer.MergeRequest.self)
        }
        try await take(found)
        var gaps: [String] = []
        if !found.isEmpty { gaps.append("the list left out \(found.map { "\($0.iid)" }.joined(separator: ", "))") }
        if result.lacking > 0 { gaps.append("the server has \(result.lacking) more than it lists") }
        run.enter("merge requests by number", ListReport(count: found.count), gaps: gaps)
    }

    /// A merge request with what was said about it.
    private struct Conversation: Sendable {
        var notes: [GitLabAnswer.Note] = []
        var report = ListReport()
        var approvals: GitLabAnswer.Approvals?
        var isGone = false
    }

    private func take(_ new: [GitLabAnswer.MergeRequest]) async throws {
        let (client, path) = (run.client, path)
        // In portions, so that memory does not hold all that a hundred requests had said about them.
        var rest = new[...]
        while !rest.isEmpty {
            // The first one tells whether the server knows of approvals.
            let size = knowsOfApprovals ? 32 : 1
            knowsOfApprovals = true
            let portion = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            let asksForApprovals = hasApprovals
            let found = try await run.together(portion) { request in
                try await Self.conversation(client, "\(path)/merge_requests/\(request.iid)", asksForApprovals)
            }
            for (request, conversation) in zip(portion, found) { try take(request, conversation) }
        }
    }

    private func take(_ request: GitLabAnswer.MergeRequest, _ conversation: Conversation) throws {
        guard !conversation.isGone else {
            return run.add(Tombstone(source: run.name, kind: "merge request", id: "\(request.id)"))
        }
        try stream.append(mapping.record(request))
        for note in conversation.notes { try stream.append(mapping.record(note, request: request.id)) }
        if let approvals = conversation.approvals {
            for record in mapping.reviews(approvals, request) { try stream.append(record) }
        } else {
            hasApprovals = false
        }
        if !conversation.report.gaps.isEmpty {
            let gaps = conversation.report.gaps.map { "of \(request.iid): \($0)" }
            run.enter("notes", ListReport(), gaps: gaps)
        }
    }

    private static func conversation(
        _ client: RESTClient, _ path: String, _ asksForApprovals: Bool
    ) async throws -> Conversation {
        var conversation = Conversation()
        do {
            conversation.report = try await client.pages(
                RESTRequest("\(path)/notes", [("order_by", "created_at"), ("sort", "asc")]),
                as: [GitLabAnswer.Note].self, .links()
            ) { page in
                conversation.notes += page
                return .more
            }
        } catch let error as RESTError where error.code == .notFound {
            conversation.isGone = true
            return conversation
        }
        guard asksForApprovals else { return conversation }
        var request = RESTRequest("\(path)/approvals")
        // The community's edition of older versions has none, and a guest may not see them.
        request.accepted = [401, 403, 404]
        let answer = try await client.send(request)
        if answer.status == 200 { conversation.approvals = try answer.decode(GitLabAnswer.Approvals.self) }
        return conversation
    }

    // MARK: Commit comments

    private func readCommitComments() async throws {
        run.begin("commit comments")
        var query = [(name: "all", value: "true")]
        if let since = run.since { query.append(("since", since.rfc3339)) }
        let (client, path) = (run.client, path)
        let report = try await run.client.pages(
            RESTRequest("\(path)/repository/commits", query), as: [GitLabAnswer.Commit].self, .links()
        ) { page in
            let found = try await run.together(page) { commit in
                var comments: [GitLabAnswer.CommitComment] = []
                _ = try await client.pages(
                    RESTRequest("\(path)/repository/commits/\(commit.id)/comments"),
                    as: [GitLabAnswer.CommitComment].self, .links()
                ) { page in
                    comments += page
                    return .more
                }
                return comments
            }
            for (commit, comments) in zip(page, found) {
                for comment in comments { try stream.append(mapping.record(comment, commit: commit.id)) }
            }
            run.advance(by: page.count)
            return .more
        }
        run.enter("commit comments", report)
    }
}
