import Forges
import HTTP
import REST

/// Where the parts of the API are: their addresses have changed over the years, and what is not at one may be at the next.
struct AzureRequests: Sendable {
    enum Place: Sendable {
        /// Below the project, else below the collection with the project behind the area.
        case projectFirst
        case projectOnly
        case collection
        /// Below `collection/…/_apis`.
        case below([String])
    }

    let client: RESTClient
    let collection: String
    let project: String?

    /// Entries on a page.
    static let pageSize = 100

    private func paths(_ place: Place, _ area: String, _ path: [String]) -> [String] {
        let rest = path.map { PercentEncoding.encode($0) }
        let base = collection.split(separator: "/").map { PercentEncoding.encode($0) }
        let own = project.map { [PercentEncoding.encode($0)] } ?? []
        func join(_ parts: [String]...) -> String { parts.joined().joined(separator: "/") }
        switch place {
        case .projectFirst where project != nil:
            return [join(base, own, ["_apis", area], rest), join(base, ["_apis", area], own, rest)]
        case .projectOnly: return [join(base, own, ["_apis", area], rest)]
        case .below(let parts):
            return [join(base, parts.map { PercentEncoding.encode($0) }, ["_apis", area], rest)]
        case .projectFirst, .collection: return [join(base, ["_apis", area], rest)]
        }
    }

    /// The project itself.
    func project<Value: Decodable>(_ type: Value.Type) async throws -> Value {
        try await get(type, candidates(.collection, "projects", [project ?? ""]))
    }

    /// The requests to try one after the other.
    func candidates(
        _ place: Place, _ area: String, _ path: [String], _ query: [(name: String, value: String)] = [],
        version: String = "1.0"
    ) -> [RESTRequest] {
        paths(place, area, path).map { RESTRequest($0, query + [("api-version", version)]) }
    }

    /// The first that there is.
    func get<Value: Decodable>(_ type: Value.Type, _ candidates: [RESTRequest]) async throws -> Value {
        for request in candidates.dropLast() {
            var request = request
            request.accepted = [404]
            let answer = try await client.send(request)
            if answer.status != 404 { return try answer.decode(type) }
        }
        return try await client.send(candidates[candidates.count - 1]).decode(type)
    }

    /// The same for what the server may have lost, or does not tell; `nil` where it is at none of the addresses.
    func find<Value: Decodable>(_ type: Value.Type, _ candidates: [RESTRequest]) async throws -> Value? {
        do {
            return try await get(type, candidates)
        } catch let error as RESTError where error.code == .notFound {
            return nil
        }
    }

    /// Reads a list by `$skip` and `$top` to its end.
    ///
    /// The server does not say how many entries there are. After a page that is not full the next one is looked at
    /// nevertheless: where it has entries, the page before lacked some, which are asked for again.
    func list<Item: Decodable & Sendable>(
        _ candidates: [RESTRequest], as type: Item.Type, id: (Item) -> String,
        handle: ([Item]) async throws -> PageVerdict
    ) async throws -> ListReport {
        var report = ListReport()
        var seen: Set<String> = []
        var request = candidates[0]
        func page(_ skip: Int, _ top: Int) async throws -> [Item] {
            let paged = request.setting("$skip", "\(skip)").setting("$top", "\(top)")
            return try await client.send(paged).decode(AzureAnswer.List<Item>.self).value
        }
        func new(_ items: [Item]) -> [Item] { items.filter { seen.insert(id($0)).inserted } }
        var items: [Item]
        do {
            items = try await page(0, Self.pageSize)
        } catch let error as RESTError where error.code == .notFound && candidates.count > 1 {
            request = candidates[1]
            items = try await page(0, Self.pageSize)
        }
        guard !items.isEmpty else { return report }
        let ahead = ListAhead.steps(request, name: "$skip", size: Self.pageSize) { answer in
            try answer.decode(AzureAnswer.List<Ignored>.self).value.isEmpty
        }
        return try await client.readingAhead([ahead]) {
            var skip = 0
            while !items.isEmpty {
                report.pages += 1
                report.count += items.count
                let found = new(items)
                guard !found.isEmpty else {
                    report.gaps.append("the page of the entries from \(skip) on has those of pages before")
                    return report
                }
                if try await handle(found) == .stop {
                    report.isStopped = true
                    return report
                }
                skip += Self.pageSize
                let following = try await page(skip, Self.pageSize)
                let lacking = Self.pageSize - items.count
                if !following.isEmpty, lacking > 0 {
                    let rest = try await page(skip - lacking, lacking)
                    let added = new(rest)
                    report.count += added.count
                    if try await handle(added) == .stop { report.isStopped = true }
                    if added.count < lacking {
                        report.gaps.append(
                            "the page of the entries from \(skip - Self.pageSize) on lacks \(lacking - added.count)")
                    }
                }
                items = following
            }
            return report
        }
    }
}
