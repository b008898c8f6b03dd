import Forges
import Gathering
import REST
import Tables

extension GitHubGathering {
    /// What was said about issues and pull requests. Servers have it in one list for the whole repository; one that does
    /// not is asked about each that is new.
    func readIssueComments() async throws {
        run.begin("remarks")
        var order = ListOrder()
        var seen: Set<Int64> = []
        var report: ListReport
        var gaps: [String] = []
        do {
            report = try await run.client.pages(
                list("issues/comments"), as: [GitHubAnswer.IssueComment].self, .links()
            ) { page in
                for comment in page where seen.insert(comment.id).inserted {
                    guard let number = comment.issue_url.flatMap(GitHubMapping.number),
                        run.isNew(comment.changed?.moment, "c\(comment.id)")
                    else { continue }
                    let isPull = comment.html_url.map { $0.contains("/pull/") } ?? pulls.contains(number)
                    try take(comment, number, isIssue: true, isPull: isPull || pulls.contains(number))
                }
                run.advance(by: page.count)
                return run.verdict(&order, page.map(\.changed))
            }
            if run.isFirst, !report.isUnchanged, seen.count < expectedComments {
                report.expected = expectedComments
                gaps.append("the issues have \(expectedComments), found \(seen.count)")
            }
        } catch let error as RESTError where error.code == .notFound {
            report = try await readCommentsOneByOne()
        }
        run.enter("remarks", report, gaps: gaps)
    }

    private func take(_ comment: GitHubAnswer.IssueComment, _ number: Int, isIssue: Bool, isPull: Bool) throws {
        if isIssue { try stream.append(mapping.issueNote(comment, issue: number)) }
        if isPull, !mapping.isBot(comment.user) { try stream.append(mapping.requestNote(comment, pull: number)) }
    }

    private func readCommentsOneByOne() async throws -> ListReport {
        let numbers = issues.union(pulls).subtracting(silent).sorted()
        return try await oneByOne(numbers, { "issues/\($0)/comments" }, as: GitHubAnswer.IssueComment.self) {
            comment, number in
            guard run.isNew(comment.changed?.moment, "c\(comment.id)") else { return }
            try take(comment, number, isIssue: issues.contains(number), isPull: pulls.contains(number))
        }
    }

    func readReviewComments() async throws {
        run.begin("review remarks")
        var order = ListOrder()
        var seen: Set<Int64> = []
        let report: ListReport
        do {
            report = try await run.client.pages(
                list("pulls/comments"), as: [GitHubAnswer.ReviewComment].self, .links()
            ) { page in
                for comment in page where seen.insert(comment.id).inserted && !mapping.isBot(comment.user) {
                    guard run.isNew(comment.changed?.moment, "r\(comment.id)") else { continue }
                    let number = comment.pull_request_url.flatMap(GitHubMapping.number) ?? 0
                    try stream.append(mapping.record(comment, pull: number))
                }
                run.advance(by: page.count)
                return run.verdict(&order, page.map(\.changed))
            }
        } catch let error as RESTError where error.code == .notFound {
            report = try await oneByOne(
                pulls.sorted(), { "pulls/\($0)/comments" }, as: GitHubAnswer.ReviewComment.self
            ) { comment, number in
                guard !mapping.isBot(comment.user), run.isNew(comment.changed?.moment, "r\(comment.id)") else { return }
                try stream.append(mapping.record(comment, pull: number))
            }
        }
        run.enter("review remarks", report)
    }

    /// Where the list fits one page, an unchanged page means that there is nothing new.
    func readCommitComments() async throws {
        run.begin("commit remarks")
        var request = commitCommentList
        func read() async throws -> ListReport {
            try await run.client.pages(request, as: [GitHubAnswer.CommitComment].self, .links()) { page in
                for comment in page where !mapping.isBot(comment.user) {
                    guard run.isNew(comment.changed?.moment, "k\(comment.id)") else { continue }
                    try stream.append(mapping.record(comment))
                }
                return .more
            }
        }
        var report = try await read()
        if report.isUnchanged, run.note("commit remarks") != "one page" {
            request.isConditional = false
            report = try await read()
        }
        if !report.isUnchanged {
            let fitsOnePage = report.pages == 1 && report.count < 100
            run.note("commit remarks", fitsOnePage ? "one page" : nil)
        }
        run.enter("commit remarks", report)
    }

    /// Reads a list of each of a few things, several at once.
    private func oneByOne<Item: Decodable & Sendable>(
        _ numbers: [Int], _ resource: @escaping @Sendable (Int) -> String, as type: Item.Type,
        _ take: (Item, Int) throws -> Void
    ) async throws -> ListReport {
        let (client, path) = (run.client, path)
        var total = ListReport()
        var rest = numbers[...]
        // In portions, so that memory does not hold everything that was ever said.
        while !rest.isEmpty {
            let portion = Array(rest.prefix(64))
            rest = rest.dropFirst(64)
            let found = try await run.together(portion) { number in
                var items: [Item] = []
                do {
                    let report = try await client.pages(
                        RESTRequest("\(path)/\(resource(number))"), as: [Item].self, .links()
                    ) { page in
                        items += page
                        return .more
                    }
                    return (items as [Item]?, report)
                } catch let error as RESTError where error.code == .notFound {
                    return (nil, ListReport())
                }
            }
            for (number, (items, report)) in zip(portion, found) {
                total.pages += report.pages
                total.count += report.count
                total.gaps += report.gaps.map { "of \(number): \($0)" }
                guard let items else { continue }
                for item in items { try take(item, number) }
            }
            run.advance(by: portion.count)
        }
        return total
    }
}
