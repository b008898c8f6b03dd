package import Configuration
package import Forges
package import HTTP
import JSONValues
import REST
import Tables

/// What a BigBoat dashboard shows of a project's platform: figures with or without a maximum.
package struct BigBoatDashboard: Sendable {
    package struct Figure: Hashable, Sendable {
        package let name: String
        /// `YYYY-MM-DD HH:MM:SS` in UTC.
        package let checkedAt: String
        package let isOK: Bool
        package let value: Double?
        package let maximum: Double?
    }

    private let base: WebAddress
    private let key: Secret
    private let trust: HTTPRequest.Trust
    private var environment: RESTEnvironment

    package init(base: WebAddress, key: Secret, trust: HTTPRequest.Trust, _ environment: RESTEnvironment) {
        self.base = base
        self.key = key
        self.trust = trust
        self.environment = environment
        self.environment.retries = RESTRetries(tries: 1)
    }

    package func figures() async throws -> [Figure] {
        let login = Authorization(.header("api-key"), key, name: "[bigboat] key")
        var configuration = RESTClient.Configuration(base: base)
        configuration.trust = trust
        configuration.retries = environment.retries
        configuration.clock = environment.clock
        configuration.timeouts.total = .seconds(60)
        let client = RESTClient(configuration, http: environment.http, pool: TokenPool([login], share: 1))
        let answer = try await client.send(RESTRequest("api/v2/status")).decode([Entry].self)
        return answer.map { entry in
            Figure(
                name: entry.name, checkedAt: ServerMoment.digits(of: entry.lastCheck?.ISO), isOK: entry.isOk ?? false,
                value: Self.first(["usedIps", "used", "loadavg", "time"], entry.details),
                maximum: Self.first(["totalIps", "total"], entry.details))
        }
    }

    private struct Entry: Decodable {
        struct Check: Decodable { let ISO: String? }

        let name: String
        let lastCheck: Check?
        let isOk: Bool?
        let details: JSONValue?
    }

    /// The first of these members that is there; of a load the average of fifteen minutes.
    private static func first(_ names: [String], _ details: JSONValue?) -> Double? {
        guard let members = details?.members, let name = names.first(where: { members[$0] != nil }) else { return nil }
        let value = members[name] ?? .null
        return (name == "loadavg" ? value["15"] : value).plain.flatMap { Double($0) }
    }
}

extension BigBoatDashboard.Figure {
    private func members() -> [(name: String, value: String)] {
        [
            ("name", JSONMembers.literal(name)), ("checked_time", JSONMembers.literal(checkedAt)),
            ("ok", isOK ? "true" : "false"), ("value", Self.text(value)), ("max", Self.text(maximum)),
        ]
    }

    private static func text(_ number: Double?) -> String {
        guard let number, number.isFinite else { return "null" }
        return number.rounded() == number && abs(number) < 1e15 ? String(Int(number)) : String(number)
    }

    /// A list in one line, as the controller takes it.
    package static func line(_ figures: [Self]) -> String {
        "[\(figures.map { JSONMembers.line($0.members()) }.joined(separator: ", "))]"
    }

    /// A list with one member a line, as `data_bigboat.json` has it.
    package static func file(_ figures: [Self]) -> String {
        guard !figures.isEmpty else { return "[]" }
        let rows = figures.map { figure in
            "    {\n"
                + figure.members().map { "        \(JSONMembers.literal($0.name)): \($0.value)" }.joined(
                    separator: ",\n")
                + "\n    }"
        }
        return "[\n\(rows.joined(separator: ",\n"))\n]"
    }
}
