import Forges
import Gathering
import REST
import Tables

extension GitLabGathering {
    /// Issues and what was said about them. A project may do without issues.
    func readIssues() async throws {
        run.begin("issues")
        var order = ListOrder()
        var seen: Set<Int> = []
        do {
            let report = try await run.client.pages(
                issueList, as: [GitLabAnswer.Issue].self, .links()
            ) { page in
                let new = page.filter { run.isNew($0.changed?.moment, "i\($0.iid)") && seen.insert($0.iid).inserted }
                try await take(new)
                run.advance(by: page.count)
                return run.verdict(&order, page.map(\.changed))
            }
            run.enter("issues", report)
        } catch let error as RESTError where error.code == .notFound || error.isForbidden {
            return
        }
    }

    private func take(_ new: [GitLabAnswer.Issue]) async throws {
        for issue in new { try stream.append(mapping.record(issue)) }
        let (client, path) = (run.client, path)
        // Of one about which only GitLab itself says something, its state says as much.
        var rest = new.filter { $0.user_notes_count != 0 }[...]
        while !rest.isEmpty {
            let portion = Array(rest.prefix(32))
            rest = rest.dropFirst(32)
            let found = try await run.together(portion) { issue in
                var notes: [GitLabAnswer.Note] = []
                do {
                    let report = try await client.pages(
                        RESTRequest(
                            "\(path)/issues/\(issue.iid)/notes", [("order_by", "created_at"), ("sort", "asc")]),
                        as: [GitLabAnswer.Note].self, .links()
                    ) { page in
                        notes += page
                        return .more
                    }
                    return (notes, report, false)
                } catch let error as RESTError where error.code == .notFound {
                    return ([], ListReport(), true)
                }
            }
            for (issue, (notes, report, isGone)) in zip(portion, found) {
                if isGone { run.add(Tombstone(source: run.name, kind: "issue", id: "\(issue.iid)")) }
                for note in notes { try stream.append(mapping.record(note, issue: issue.iid)) }
                if !report.gaps.isEmpty {
                    run.enter("issue notes", ListReport(), gaps: report.gaps.map { "of \(issue.iid): \($0)" })
                }
            }
        }
    }
}
