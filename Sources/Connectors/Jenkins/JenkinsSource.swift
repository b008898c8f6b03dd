package import Forges
package import Gathering
package import HTTP
package import REST
import Records
package import Tables

/// How many jobs, views and nodes a Jenkins has, as far as the login may see them.
package struct JenkinsSource: Source {
    package let name: String
    private let base: WebAddress
    private let trust: HTTPRequest.Trust
    private let environment: RESTEnvironment
    private let pool: TokenPool

    /// - Parameter base: where Jenkins is, with its context path.
    package init(
        name: String, base: WebAddress, trust: HTTPRequest.Trust = .system, _ environment: RESTEnvironment,
        pool: TokenPool
    ) {
        self.name = name
        self.base = base
        self.trust = trust
        self.environment = environment
        self.pool = pool
    }

    package var tables: [TableSchema] { [] }
    package var occasionalTables: [TableSchema] { [.jenkins] }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        // Job names and the like come in the language of the reader otherwise; only the numbers are wanted.
        let client = environment.client(base, trust: trust, pool: pool, headers: ["Accept-Language": "en"])
        request.activity.begin("asking what there is", total: nil)
        let top = try await client.send(RESTRequest("api/json", [("tree", "jobs[name],views[name]")]))
            .decode(Overview.self)
        let nodes = try await client.send(RESTRequest("computer/api/json", [("tree", "computer[displayName]")]))
            .decode(Nodes.self)
        let stream = try request.output.stream(piece: 0)
        let host = base.text.hasSuffix("/") ? base.text : "\(base.text)/"
        try stream.append(
            Record(.jenkins, [host, "\(top.jobs.count)", "\(top.views?.count ?? 0)", "\(nodes.computer.count)"]))
        try request.output.finish(stream, piece: 0)
        return SourceReport()
    }

    package func reach(storage: String) async throws -> String? {
        let client = environment.impatient.client(base, trust: trust, pool: pool)
        _ = try await client.send(RESTRequest("api/json", [("tree", "mode")]))
        return "Jenkins answers"
    }

    private struct Overview: Decodable {
        let jobs: [Ignored]
        /// Recorded answers of real servers are without them.
        let views: [Ignored]?
    }

    private struct Nodes: Decodable {
        let computer: [Ignored]
    }
}
