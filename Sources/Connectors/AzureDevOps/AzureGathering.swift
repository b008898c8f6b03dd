import Forges
import Gathering
import HTTP
import REST
import Records
import Tables
import Timestamps

/// The work of one gathering; used by one task, which may have several requests under way.
final class AzureGathering {
    let run: ForgeRun
    let mapping: AzureMapping
    let settings: AzureSettings
    let stream: RecordStream
    let requests: AzureRequests

    /// Newer servers have threads with the pull request, older ones in an area of their own.
    private var hasDiscussions = true

    init(run: ForgeRun, mapping: AzureMapping, settings: AzureSettings, stream: RecordStream) {
        self.run = run
        self.mapping = mapping
        self.settings = settings
        self.stream = stream
        requests = AzureRequests(client: run.client, collection: settings.collection, project: settings.project)
    }

    func all() async throws {
        if settings.forge.repository.isEmpty {
            run.begin("project")
            let project = try await requests.project(AzureAnswer.Project.self)
            try await run.part("teams") { try await readTeams(project) }
        } else {
            try await readRepository()
        }
        try await run.part("work items", readWorkItems)
        try await run.part("deleted work items", readRecycleBin)
    }

    private func readRepository() async throws {
        run.begin("repository")
        let list = try await requests.get(
            AzureAnswer.List<AzureAnswer.Repository>.self,
            requests.candidates(.projectFirst, "git", ["repositories"]))
        let wanted = settings.forge.repository.lowercased()
        guard let repository = list.value.first(where: { $0.name.lowercased() == wanted }) else {
            throw RESTError(.notFound, "\(settings.forge.base)\(settings.collection): repository \(wanted)")
        }
        try await run.part("pushes") { try await readPushes(repository) }
        try await run.part("pull requests") { try await readPullRequests(repository) }
        if let project = repository.project {
            try await run.part("teams") { try await readTeams(project) }
        }
    }

    /// Appends records of which the last gathering that counted may have had the same.
    private func append(_ records: [Record], unlessSame key: String) throws {
        guard !run.isSame(key, records.flatMap(\.values)) else { return }
        for record in records { try stream.append(record) }
    }

    // MARK: Pushes

    private func readPushes(_ repository: AzureAnswer.Repository) async throws {
        run.begin("pushes")
        var query = [(name: "includeRefUpdates", value: "True"), ("searchCriteria.includeRefUpdates", "true")]
        if let since = run.since {
            query += [("fromDate", since.rfc3339), ("searchCriteria.fromDate", since.rfc3339)]
        }
        let path = ["repositories", repository.id, "pushes"]
        let report = try await requests.list(
            requests.candidates(.projectFirst, "git", path, query), as: AzureAnswer.Push.self,
            id: { "\($0.pushId)" }
        ) { page in
            for push in page where push.pushedBy?.uniqueName?.hasPrefix("vstfs:///") != true {
                guard run.isNew(push.date?.moment, "e\(push.pushId)") else { continue }
                if let updates = push.refUpdates {
                    for update in updates { try stream.append(mapping.record(update, of: push)) }
                } else {
                    let whole = try await requests.find(
                        AzureAnswer.Push.self, requests.candidates(.projectFirst, "git", path + ["\(push.pushId)"]))
                    for commit in whole?.commits ?? [] { try stream.append(mapping.record(commit, of: push)) }
                }
            }
            run.advance(by: page.count)
            return .more
        }
        run.enter("pushes", report)
    }

    // MARK: Pull requests

    /// Team Foundation Server 2013 tells by this that its pull requests are a preview, which has them by state only.
    private func states() async throws -> [(state: String, place: AzureRequests.Place)] {
        var request = RESTRequest(requests.candidates(.collection, "git", ["pullRequests"])[0].path)
        request.method = .options
        request.accepted = [400, 401, 404, 405, 501]
        let answer = try await run.client.send(request)
        if answer.status == 200, Self.isPreview(answer) {
            return ["Active", "Completed", "Abandoned"].map { ($0, .projectFirst) }
        }
        return [("All", .projectOnly)]
    }

    /// One that answers in another form is no server of 2013.
    private static func isPreview(_ answer: RESTAnswer) -> Bool {
        do {
            let resources = try answer.decode(AzureAnswer.List<AzureAnswer.Resource>.self).value
            return resources.first?.releasedVersion == "0.0"
        } catch {
            return false
        }
    }

    private func readPullRequests(_ repository: AzureAnswer.Repository) async throws {
        run.begin("pull requests")
        for (state, place) in try await states() {
            let query = [(name: "status", value: state), ("searchCriteria.status", state.lowercased())]
            let report = try await requests.list(
                requests.candidates(place, "git", ["repositories", repository.id, "pullRequests"], query),
                as: AzureAnswer.PullRequest.self, id: { "\($0.pullRequestId)" }
            ) { page in
                // Nothing tells when an open one was changed: each is looked at every time.
                let interesting = page.filter { pull in
                    pull.closedDate.map { run.isNew($0.moment, "p\(pull.pullRequestId)") } ?? true
                }
                var rest = interesting[...]
                while !rest.isEmpty {
                    let portion = Array(rest.prefix(32))
                    rest = rest.dropFirst(32)
                    try await take(portion, repository)
                }
                run.advance(by: page.count)
                return .more
            }
            run.enter("pull requests", report)
        }
    }

    private func take(_ pulls: [AzureAnswer.PullRequest], _ repository: AzureAnswer.Repository) async throws {
        let requests = requests
        let project = repository.project?.id
        // The first one tells where threads are.
        var discusses = hasDiscussions
        var found: [([AzureAnswer.Reviewer], [AzureAnswer.Thread]?)] = []
        for portion in [pulls.prefix(1), pulls.dropFirst()] {
            let asksDiscussions = discusses
            found += try await run.together(Array(portion)) { pull in
                let path = ["repositories", repository.id, "pullRequests", "\(pull.pullRequestId)"]
                var reviewers = pull.reviewers
                if reviewers == nil, pull._links == nil {
                    reviewers = try await requests.find(
                        AzureAnswer.Reviewed.self, requests.candidates(.projectFirst, "git", path)
                    )?.reviewers
                }
                if asksDiscussions, let project {
                    let artifact = "vstfs:///CodeReview/CodeReviewId/\(project)%2F\(pull.pullRequestId)"
                    do {
                        let threads = try await requests.get(
                            AzureAnswer.List<AzureAnswer.Thread>.self,
                            requests.candidates(
                                .projectFirst, "discussion", ["threads"], [("artifactUri", artifact)],
                                version: "3.0-preview.1"))
                        return (reviewers ?? [], threads.value as [AzureAnswer.Thread]?)
                    } catch let error as RESTError where error.isAboutAddress {
                        // Newer servers have them elsewhere.
                    }
                }
                do {
                    let threads = try await requests.get(
                        AzureAnswer.List<AzureAnswer.Thread>.self,
                        requests.candidates(.projectFirst, "git", path + ["threads"], version: "3.0"))
                    return (reviewers ?? [], threads.value)
                } catch let error as RESTError where error.isAboutAddress {
                    return (reviewers ?? [], nil)
                }
            }
            if portion.count == 1, found.count == 1, found[0].1 == nil { discusses = false }
        }
        for (pull, (reviewers, threads)) in zip(pulls, found) {
            let records = [mapping.record(pull, reviewers)] + mapping.reviews(pull, reviewers)
            if pull.closedDate == nil {
                try append(records, unlessSame: "pull \(pull.pullRequestId)")
            } else {
                for record in records { try stream.append(record) }
            }
            try take(threads ?? [], pull.pullRequestId)
        }
    }

    private func take(_ threads: [AzureAnswer.Thread], _ pull: Int) throws {
        for thread in threads where thread.isDeleted != true {
            for comment in thread.comments ?? [] where comment.isDeleted != true && !mapping.isByGroup(comment) {
                let moment = (comment.lastUpdatedDate ?? comment.publishedDate)?.moment
                guard run.isNew(moment, "c\(pull).\(thread.id).\(comment.id)") else { continue }
                try stream.append(mapping.record(comment, thread, pull: pull))
            }
        }
    }

    // MARK: Teams

    private func readTeams(_ project: AzureAnswer.Project) async throws {
        run.begin("teams")
        let report = try await requests.list(
            requests.candidates(.collection, "projects", [project.id, "teams"]), as: AzureAnswer.Team.self,
            id: { $0.id }
        ) { page in
            for team in page {
                var records = [mapping.record(team)]
                let members = try await requests.list(
                    requests.candidates(.collection, "projects", [project.id, "teams", team.id, "members"]),
                    as: AzureAnswer.Member.self, id: { $0.account ?? $0.name ?? "" }
                ) { page in
                    records += page.map { mapping.record($0, of: team) }
                    return .more
                }
                if !members.gaps.isEmpty { run.enter("members of a team", members) }
                try await run.part("sprints") {
                    let sprints = try await requests.get(
                        AzureAnswer.List<AzureAnswer.Sprint>.self,
                        requests.candidates(
                            .below([project.id, team.id]), "work", ["teamsettings", "iterations"], version: "3.0"))
                    records += sprints.value.map { mapping.record($0, of: team) }
                }
                try append(records, unlessSame: "team \(team.id)")
            }
            return .more
        }
        run.enter("teams", report)
    }

    // MARK: Work items

    /// All revisions since the last gathering: from where its last batch ended, else from its date.
    private func readWorkItems() async throws {
        run.begin("work items")
        let fields = settings.fields.all
        guard !fields.isEmpty else { return }
        var query = [(name: "fields", value: fields.joined(separator: ","))]
        let token = run.note("work items")
        if let token, !run.isFirst {
            query.append(("continuationToken", token))
        } else if let since = run.since {
            query.append(("startDateTime", since.rfc3339))
        }
        let first = requests.candidates(
            .projectFirst, "wit", ["reporting", "workitemrevisions"], query, version: "3.0")[0]
        var people: [String: Person] = [:]
        var last = token
        let report = try await run.client.pages(
            first, as: AzureAnswer.Revisions.self,
            .next(count: { $0.values.count }) { body, _ in
                guard body.isLastBatch != true, let token = Self.token(body) else { return nil }
                return first.setting("continuationToken", token)
            }
        ) { batch in
            for revision in batch.values {
                let (row, named) = settings.fields.record(revision)
                try stream.append(row)
                // The first account of a name counts.
                for person in named where people[person.name] == nil {
                    people[person.name] = person
                    try append(
                        [Record(.tfsDeveloper, [person.name, person.account])], unlessSame: "person \(person.name)")
                }
            }
            last = Self.token(batch) ?? last
            run.advance(by: batch.values.count)
            return .more
        }
        run.note("work items", last)
        run.enter("work items", report)
    }

    /// The work items that were deleted since the last gathering, as the project's recycle bin has them. Those that were in it
    /// the first time were never delivered. Older servers have no bin, and what was destroyed is not in it.
    private func readRecycleBin() async throws {
        var request = requests.candidates(.projectOnly, "wit", ["recyclebin"], version: "4.1")[0]
        request.accepted = [400, 401, 403, 404, 405]
        let answer = try await run.client.send(request)
        guard answer.status == 200 else { return }
        let deleted = try answer.decode(AzureAnswer.List<AzureAnswer.Deleted>.self).value.compactMap(\.number)
        let name = "deleted work items"
        if let known = run.note(name).map({ NumberSet(text: $0).numbers }) {
            for id in Set(deleted).subtracting(known).sorted() {
                run.add(Tombstone(source: run.name, kind: "work item", id: "\(id)"))
            }
        }
        run.note(name, NumberSet(Set(deleted)).text)
    }

    /// The token of the next batch, which older servers have in an address only.
    private static func token(_ batch: AzureAnswer.Revisions) -> String? {
        if let token = batch.continuationToken { return token }
        guard let query = batch.nextLink?.split(separator: "?", maxSplits: 1).last else { return nil }
        for part in query.split(separator: "&") where part.hasPrefix("continuationToken=") {
            return String(part.dropFirst("continuationToken=".count))
        }
        return nil
    }
}
