import Forges
import Gathering
import REST
import Tables

extension GitHubGathering {
    func readIssues() async throws {
        run.begin("issues")
        var order = ListOrder()
        let report = try await run.client.pages(
            list("issues", [("state", "all")]), as: [GitHubAnswer.Issue].self, .links(), run.eagerness
        ) { page in
            let new = page.filter { run.isNew($0.changed.moment, "i\($0.number)") && issues.insert($0.number).inserted }
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
            // Newest first: of an issue that was closed again the last time counts.
            _ = try await run.client.pages(
                RESTRequest("\(path)/issues/events"), as: [GitHubAnswer.Event].self, .links(), run.eagerness
            ) { page in
                for event in page where event.event == "closed" {
                    if let number = event.issue?.number, found[number] == nil { found[number] = event.actor }
                }
                return .more
            }
            return found
        } catch let error as RESTError where error.code == .notFound {
            return nil
        }
    }

    /// Numbers are given to issues and pull requests one after the other. One that neither list had was deleted, moved to
    /// another repository, is a discussion, or was left out of the list: a few of them are asked for to find that out.
    func lookForMissing() async throws {
        let seen = issues.union(pulls)
        let known = run.note("highest number").flatMap { Int($0) } ?? 0
        let highest = max(seen.max() ?? 0, known)
        run.note("highest number", "\(highest)")
        let missing = (known + 1..<max(highest, known + 1)).filter { !seen.contains($0) }
        // No more than a few in a hundred of the requests that there are anyway.
        let (client, path) = (run.client, path)
        let probes = missing.prefix(max(3, seen.count / 2500))
        let found = try await run.together(Array(probes)) { number in
            var request = RESTRequest("\(path)/issues/\(number)")
            request.accepted = [404, 410, 451]
            let answer = try await client.send(request)
            guard answer.status == 200 else { return nil as GitHubAnswer.Issue? }
            let issue = try answer.decode(GitHubAnswer.Issue.self)
            // A redirect leads to where it was moved.
            return issue.number == number ? issue : nil
        }
        let dropped = found.compactMap(\.self)
        for issue in dropped {
            issues.insert(issue.number)
            _ = run.isNew(issue.changed.moment, "i\(issue.number)")
            try stream.append(mapping.record(issue, closer: issue.closed_by))
        }
        guard !dropped.isEmpty else { return }
        let numbers = dropped.map { "\($0.number)" }.joined(separator: ", ")
        run.enter(
            "issues by number", ListReport(pages: probes.count, count: dropped.count),
            gaps: ["the list left out \(numbers)\(probes.count < missing.count ? " and perhaps more" : "")"])
    }
}
