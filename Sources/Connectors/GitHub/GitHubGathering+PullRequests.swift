import Forges
import Gathering
import REST
import Tables

extension GitHubGathering {
    func readPullRequests() async throws {
        run.begin("pull requests")
        var order = ListOrder()
        var listed: Set<Int> = []
        // Those among the issues; what the list of pull requests lacks of them is asked for by number.
        let expected = pulls
        let report = try await run.client.pages(
            pullRequestList, as: [GitHubAnswer.PullRequest].self, .links()
        ) { page in
            let new = page.filter {
                run.isNew($0.changed?.moment, "p\($0.number)") && listed.insert($0.number).inserted
            }
            try await take(new)
            run.advance(by: page.count)
            return run.verdict(&order, page.map(\.changed))
        }
        pulls.formUnion(listed)
        var gaps: [String] = []
        if !report.isUnchanged {
            let missing = expected.subtracting(listed).sorted()
            let found = try await pullRequests(Array(missing.prefix(max(3, listed.count / 100))))
            try await take(found)
            if !found.isEmpty {
                gaps.append("the list left out \(found.map { "\($0.number)" }.joined(separator: ", "))")
            }
        }
        run.enter("pull requests", report, gaps: gaps)
    }

    private func take(_ new: [GitHubAnswer.PullRequest]) async throws {
        let (client, path) = (run.client, path)
        let reviews = try await run.together(new) { pull in
            var reviews: [GitHubAnswer.Review] = []
            let request = RESTRequest("\(path)/pulls/\(pull.number)/reviews")
            do {
                let report = try await client.pages(request, as: [GitHubAnswer.Review].self, .links()) { page in
                    reviews += page
                    return .more
                }
                return (reviews as [GitHubAnswer.Review]?, report)
            } catch let error as RESTError where error.code == .notFound {
                // Deleted since it was listed.
                return (nil, ListReport())
            }
        }
        var gaps: [String] = []
        for (pull, (reviews, report)) in zip(new, reviews) {
            guard let reviews else {
                run.add(Tombstone(source: run.name, kind: "pull request", id: "\(pull.number)"))
                continue
            }
            gaps += report.gaps.map { "of \(pull.number): \($0)" }
            try stream.append(mapping.record(pull, reviews: reviews))
            for record in mapping.records(reviews, pull: pull.number) { try stream.append(record) }
        }
        if !gaps.isEmpty { run.enter("reviews", ListReport(), gaps: gaps) }
    }

    private func pullRequests(_ numbers: [Int]) async throws -> [GitHubAnswer.PullRequest] {
        let (client, path) = (run.client, path)
        return try await run.together(numbers) { number in
            var request = RESTRequest("\(path)/pulls/\(number)")
            request.accepted = [404, 410]
            let answer = try await client.send(request)
            return answer.status == 200 ? try answer.decode(GitHubAnswer.PullRequest.self) : nil
        }.compactMap(\.self)
    }
}
