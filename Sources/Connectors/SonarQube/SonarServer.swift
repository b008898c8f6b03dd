import HTTP
import QualityMetrics
import REST
import Timestamps

/// A SonarQube or SonarCloud and the questions that can be asked of it.
final class SonarServer {
    private let client: RESTClient
    private let organization: String?
    private let longName: String?
    private var scope: [(name: String, value: String)]?
    /// The server's clock at its first answer.
    private(set) var date: String?

    private let listLimit: Int

    /// - Parameter listLimit: how many projects the server lists at most.
    init(_ client: RESTClient, organization: String?, longName: String?, listLimit: Int = SonarSource.listLimit) {
        self.listLimit = listLimit
        self.client = client
        self.organization = organization
        self.longName = longName
    }

    /// The version; `nil` where the server says none that looks like one.
    func version() async throws -> String? {
        var request = RESTRequest("api/server/version")
        request.accept = "text/plain"
        let answer = try await client.send(request)
        date = answer.headers["Date"]
        let text = String(decoding: answer.body.prefix(40), as: UTF8.self)
            .filter { !$0.isWhitespace }
        return text.first?.isNumber == true ? text : nil
    }

    /// What is added to each request. SonarCloud, which says that it is of a version 8.0, wants the organization.
    private func added() async throws -> [(name: String, value: String)] {
        if let scope { return scope }
        var found = organization
        let version = try await version()
        if found == nil, let version, let longName {
            let parts = version.split(separator: ".").map { Int($0) ?? 0 }
            if parts.first == 8, parts.dropFirst().first ?? 0 < 7 { found = longName }
        }
        let added = found.map { [(name: "organization", value: $0)] } ?? []
        scope = added
        return added
    }

    private func ask<Value: Decodable>(
        _ path: String, _ query: [(name: String, value: String)], _ type: Value.Type
    ) async throws -> Value {
        try await client.send(RESTRequest(path, query + added())).decode(type)
    }

    /// The same; `nil` where there is no such thing, or where it may not be seen.
    private func optional<Value: Decodable>(
        _ path: String, _ query: [(name: String, value: String)], _ type: Value.Type
    ) async throws -> Value? {
        do {
            return try await ask(path, query, type)
        } catch let error as RESTError {
            guard error.isForbidden || error.isAboutAddress else { throw error }
            return nil
        }
    }

    struct Components {
        var components: [Component] = []
        var organization: String?
        /// How many there are that cannot be listed.
        var lacking = 0
    }

    private static let pageSize = 100

    func components(_ scope: SonarSource.Scope) async throws -> Components {
        var found = Components()
        var seen: Set<String> = []
        // What is beyond the limit of the list is at the beginning of the same list the other way round, up to twice as many.
        for isAscending in ["no", "yes"] {
            let total = try await list(scope, isAscending, &seen, &found)
            found.lacking = max(0, total - seen.count)
            if total <= listLimit || found.lacking == 0 { break }
        }
        // Some servers search names only, and leave out what was never analysed.
        if case .component(let id) = scope, found.components.isEmpty,
            let answer = try await optional("api/components/show", [("component", id)], ComponentAnswer.self)
        {
            found.components = [answer.component]
        }
        return found
    }

    /// Reads the list in one order, up to its limit.
    /// - Returns: how many there are in all.
    private func list(
        _ scope: SonarSource.Scope, _ isAscending: String, _ seen: inout Set<String>, _ found: inout Components
    ) async throws -> Int {
        var query = [("f", "_all"), ("s", "analysisDate"), ("asc", isAscending)]
        if case .component(let id) = scope { query.append(("filter", "query=\"\(id)\"")) }
        var page = 1
        var count = 0
        while true {
            let answer = try await ask(
                "api/components/search_projects", query + [("p", "\(page)"), ("ps", "\(Self.pageSize)")],
                ComponentsAnswer.self)
            if let name = answer.organizations?.first?.name { found.organization = found.organization ?? name }
            for component in answer.components where seen.insert(component.key).inserted {
                if case .component(let id) = scope, component.key != id { continue }
                found.components.append(component)
            }
            count += answer.components.count
            page += 1
            // A server that does not count says the end by a page that is not full.
            let total = answer.paging?.total ?? (answer.components.count < Self.pageSize ? count : .max)
            let isAll = count >= total || seen.count >= total
            if answer.components.isEmpty || isAll || count >= listLimit { return total == .max ? count : total }
        }
    }

    func navigation(_ component: Component) async throws -> NavigationAnswer? {
        try await optional("api/navigation/component", [("component", component.key)], NavigationAnswer.self)
    }

    func metrics() async throws -> [MetricKind] {
        var found: [MetricKind] = []
        var page = 1
        while true {
            let answer = try await ask("api/metrics/search", [("p", "\(page)"), ("ps", "500")], MetricsAnswer.self)
            found += answer.metrics
            page += 1
            if answer.metrics.isEmpty || found.count >= answer.total ?? .max { return found }
        }
    }

    func gate(of component: Component) async throws -> GateAnswer.Gate? {
        try await optional("api/qualitygates/get_by_project", [("project", component.key)], GateAnswer.self)?
            .qualityGate
    }

    func conditions(of gate: String) async throws -> [GateConditions.Condition] {
        try await optional("api/qualitygates/show", [("name", gate)], GateConditions.self)?.conditions ?? []
    }

    /// The measures of all analyses between two moments; the total of its pages counts analyses, and each page has all
    /// metrics. `nil` where the component or one of the metrics is not there.
    func history(_ component: String, _ metrics: [String], from: String, to: String) async throws
        -> [HistoryAnswer.Measure]?
    {
        var found: [HistoryAnswer.Measure] = []
        var page = 1
        while true {
            let query = [
                ("component", component), ("metrics", metrics.joined(separator: ",")), ("from", from), ("to", to),
                ("p", "\(page)"), ("ps", "1000"),
            ]
            let answer: HistoryAnswer
            do {
                answer = try await ask("api/measures/search_history", query, HistoryAnswer.self)
            } catch let error as RESTError {
                guard error.code == .notFound else { throw error }
                return nil
            }
            found += answer.measures ?? []
            let size = answer.measures?.map { $0.history?.count ?? 0 }.max() ?? 0
            if page * 1000 >= answer.paging?.total ?? (size < 1000 ? 0 : .max) { return found }
            page += 1
        }
    }
}
