import Forges
import Gathering
import REST
import Tables

extension GitHubGathering {
    /// - Parameter mayLack: whether it is no fault if the server has no such list.
    func readIssues(mayLack: Bool) async throws {
        do {
            try await readIssues()
        } catch let error as RESTError where mayLack && error.code == .notFound {
            return
        }
    }

    private func readIssues() async throws {
        run.begin("issues")
        var order = ListOrder()
        let report = try await run.client.pages(
            issueList, as: [GitHubAnswer.Issue].self, .links()
        ) { page in
            let new = page.filter {
                run.isNew($0.changed?.moment, "i\($0.number)") && issues.insert($0.number).inserted
            }
            let closers = try await closers(of: new.filter { $0.state == "closed" && !$0.tellsCloser }.map(\.number))
            for issue in new {
                if issue.comments == 0 { silent.insert(issue.number) }
                expectedComments += issue.comments ?? 0
                if issue.pull_request != nil { pulls.insert(issue.number) }
                try stream.append(mapping.record(issue, closer: issue.closed_by ?? closers[issue.number]))
            }
            run.advance(by: page.count)
            return run.verdict(&order, page.map(\.changed))
        }
        run.enter("issues", report)
    }

    /// Who closed issues of which the list does not say it: for a few each is asked for, for many the list of all that
    /// happened to issues, which has a hundred of those in one page.
    private func closers(of numbers: [Int]) async throws -> [Int: GitHubAnswer.User] {
        if let closers { return closers }
        if numbers.count > 10, let found = try await closersOfAll() {
            closers = found
            return found
        }
        let (client, path) = (run.client, path)
        let found = try await run.together(numbers) { number in
            var request = RESTRequest("\(path)/issues/\(number)")
            request.accepted = [404, 410]
            let answer = try await client.send(request)
            // Deleted since it was listed.
            guard answer.status == 200 else { return (number, nil as GitHubAnswer.User?) }
            return (number, try answer.decode(GitHubAnswer.Issue.self).closed_by)
        }
        return found.reduce(into: [:]) { closers, entry in closers[entry.0] = entry.1 }
    }

    private func closersOfAll() async throws -> [Int: GitHubAnswer.User]? {
        var found: [Int: GitHubAnswer.User] = [:]
        do {
            let events = RESTRequest("\(path)/issues/events")
            // Newest first: of an issue that was closed again the last time counts.
            _ = try await run.client.readingAhead([.links(events)]) {
                try await run.client.pages(events, as: [GitHubAnswer.Event].self, .links()) { page in
                    for event in page where event.event == "closed" {
                        if let number = event.issue?.number, found[number] == nil { found[number] = event.actor }
                    }
                    return .more
                }
            }
            return found
        } catch let error as RESTError where error.code == .notFound {
            return nil
        }
    }

    /// Looks whether the server has more or fewer issues than were ever delivered.
    func count() async throws {
        run.begin("counting issues")
        let (client, path) = (run.client, path)
        let result = try await Census(run, of: "issue").take(
            seen: issues,
            count: {
                let query = [
                    (name: "state", value: "all"), ("sort", "created"), ("direction", "desc"), ("per_page", "1"),
                ]
                let answer = try await client.send(RESTRequest("\(path)/issues", query))
                let newest = try answer.decode([GitHubAnswer.Numbered].self)
                guard let link = answer.link("last") else {
                    // Servers that go on by a token say no number of pages.
                    return answer.link("next") == nil
                        ? Census.Count(total: newest.count, newest: newest.first?.number) : nil
                }
                return pageNumber(link).map { Census.Count(total: $0, newest: newest.first?.number) }
            },
            list: {
                var numbers: Set<Int> = []
                _ = try await client.pages(
                    RESTRequest("\(path)/issues", [("state", "all"), ("sort", "created"), ("direction", "asc")]),
                    as: [GitHubAnswer.Numbered].self, .links()
                ) { page in
                    numbers.formUnion(page.map(\.number))
                    return .more
                }
                return numbers
            },
            isGone: { number in
                var request = RESTRequest("\(path)/issues/\(number)")
                request.accepted = [404, 410]
                let answer = try await client.send(request)
                // A redirect leads to where it was moved.
                return try answer.status != 200 || answer.decode(GitHubAnswer.Numbered.self).number != number
            })
        guard let result else { return }
        var missing = result.missing.sorted()
        if result.lacking > 0 {
            // The list still lacks some: numbers are given to issues and pull requests one after the other.
            let seen = issues.union(pulls).union(missing)
            missing += (1...max(1, seen.max() ?? 1)).filter { !seen.contains($0) }.prefix(max(10, seen.count / 2500))
        }
        try await deliver(missing, lacking: result.lacking)
    }

    /// Asks for issues that no list had.
    private func deliver(_ numbers: [Int], lacking: Int) async throws {
        let (client, path) = (run.client, path)
        let found = try await run.together(numbers) { number in
            var request = RESTRequest("\(path)/issues/\(number)")
            request.accepted = [404, 410, 451]
            let answer = try await client.send(request)
            guard answer.status == 200 else { return nil as GitHubAnswer.Issue? }
            let issue = try answer.decode(GitHubAnswer.Issue.self)
            return issue.number == number ? issue : nil
        }
        var gaps: [String] = []
        let dropped = found.compactMap(\.self)
        for issue in dropped where issues.insert(issue.number).inserted {
            _ = run.isNew(issue.changed?.moment, "i\(issue.number)")
            try stream.append(mapping.record(issue, closer: issue.closed_by))
            expectedComments += issue.comments ?? 0
        }
        if !dropped.isEmpty {
            gaps.append("the list left out \(dropped.map { "\($0.number)" }.joined(separator: ", "))")
        }
        if lacking > dropped.count { gaps.append("the server has \(lacking - dropped.count) more than it lists") }
        if !gaps.isEmpty { run.enter("issues by number", ListReport(count: dropped.count), gaps: gaps) }
    }
}
