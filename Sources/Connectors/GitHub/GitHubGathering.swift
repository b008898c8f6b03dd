import Forges
import Gathering
import REST
import Tables

/// The work of one gathering; used by one task, which may have several requests under way.
final class GitHubGathering {
    let run: ForgeRun
    let mapping: GitHubMapping
    /// `repos/owner/name`
    let path: String
    let stream: RecordStream

    /// Numbers of issues and pull requests that are new; what was said about them is.
    var issues: Set<Int> = []
    var pulls: Set<Int> = []
    /// New issues and pull requests of which it is known that nothing was said.
    var silent: Set<Int> = []
    /// How many remarks the new issues have, as the server says.
    var expectedComments = 0
    /// Who closed an issue, where that had to be looked up for all.
    var closers: [Int: GitHubAnswer.User]?

    init(run: ForgeRun, mapping: GitHubMapping, path: String, stream: RecordStream) {
        self.run = run
        self.mapping = mapping
        self.path = path
        self.stream = stream
    }

    func all() async throws {
        run.begin("repository")
        var request = RESTRequest(path)
        request.isConditional = true
        if let repository = try await run.client.get(GitHubAnswer.Repository.self, request) {
            try stream.append(mapping.record(repository))
            run.note(Self.issuesNote, repository.has_issues == false ? "off" : nil)
        }
        let hasIssues = run.note(Self.issuesNote) == nil
        try await run.readingAhead(
            (hasIssues ? [issueList] : []) + [
                pullRequestList, list("issues/comments"), list("pulls/comments"), commitCommentList,
            ]
        ) {
            try await run.part("issues") { try await readIssues(mayLack: !hasIssues) }
            try await run.part("pull requests", readPullRequests)
            if hasIssues { try await run.part("counting issues", count) }
            try await run.part("remarks", readIssueComments)
            try await run.part("review remarks", readReviewComments)
            try await run.part("commit remarks", readCommitComments)
        }
    }

    /// Whether issues are switched off: the server may have no list of them then.
    private static let issuesNote = "issues"

    var issueList: RESTRequest { list("issues", [("state", "all")]) }
    var pullRequestList: RESTRequest { list("pulls", [("state", "all")]) }

    /// It cannot be sorted by change.
    var commitCommentList: RESTRequest {
        var request = RESTRequest("\(path)/comments")
        request.isConditional = true
        return request
    }

    /// A list in which what changed last comes first, so that reading may end where the last gathering did. Its first
    /// page is the same request each time: unchanged, there is nothing new at all.
    func list(_ resource: String, _ more: [(name: String, value: String)] = []) -> RESTRequest {
        var request = RESTRequest(
            "\(path)/\(resource)", more + [("sort", "updated"), ("direction", "desc")])
        request.isConditional = true
        return request
    }
}
