import ControllerAPI
import Files
import Forges
import HTTP
import Logging
import QualityMetrics
import QualityTime
import REST
import SonarQube
import SourceSettings
import Tables

/// `data_environments.json`: where the sources of a project are together, and which version of its software each place has.
enum EnvironmentList {
    static let name = "data_environments.json"

    /// Asks all places of a project's sources for their versions, each once.
    /// - Parameter isWanted: writes the list even if it is empty and there was none.
    static func write(_ project: ProjectKey, _ agent: Composition, isWanted: Bool) async throws {
        let list = try agent.permittedList(of: project)
        var lines: [String] = []
        var seen: Set<ForgeEnvironment> = []
        for definition in list.gatherable {
            guard
                let discovery = try agent.platforms.discovery(
                    of: definition, agent.setup.resolver, agent.path, retries: RESTRetries(tries: 1)),
                seen.insert(discovery.environment).inserted
            else { continue }
            lines.append(line(discovery.environment, version: await version(agent) { try await discovery.version() }))
        }
        lines += await servers(list, agent)
        let path = "\(agent.exportDirectory(of: project))/\(name)"
        guard try isWanted || !lines.isEmpty || Files.status(path) != nil else { return }
        try write(lines, in: agent.exportDirectory(of: project))
    }

    static func write(_ lines: [String], in directory: String) throws(FileError) {
        try Files.write(Array("[\(lines.joined(separator: ", "))]".utf8), to: "\(directory)/\(name)")
    }

    /// The places that hold no repositories.
    static func servers(_ list: SourceList, _ agent: Composition) async -> [String] {
        var lines: [String] = []
        var seen: Set<String> = []
        for definition in list.gatherable {
            guard let kind = definition.kind, [.jenkins, .jira, .qualityTime, .sonar].contains(kind) else { continue }
            var url = definition.exportedURL
            if kind == .sonar, definition.queryValue("id") == nil, !url.hasSuffix("/") { url += "/" }
            guard seen.insert(url).inserted else { continue }
            let version = await version(agent) { try await agent.platforms.version(of: definition, agent) }
            let place = JSONMembers.literal(url)
            let environment = kind == .qualityTime ? "[\"quality-time\", \(place)]" : place
            lines.append(line(definition.type, url: place, environment, version))
        }
        return lines
    }

    static func line(_ environment: ForgeEnvironment, version: String) -> String {
        let parts = environment.parts.map { $0.map(JSONMembers.literal) ?? "null" }.joined(separator: ", ")
        return line(environment.type, url: JSONMembers.literal(environment.url), "[\(parts)]", version)
    }

    private static func line(_ type: String, url: String, _ environment: String, _ version: String) -> String {
        JSONMembers.line([
            ("type", JSONMembers.literal(type)), ("url", url), ("environment", environment),
            ("version", JSONMembers.literal(version)),
        ])
    }

    /// For each place: the list is written in each run.
    private static let patience = Duration.seconds(10)

    /// Nothing where the place does not say: a version is not worth a failure.
    private static func version(
        _ agent: Composition, _ body: @escaping @Sendable () async throws -> String?
    ) async -> String {
        do {
            return try await Examination.within(patience, body) ?? ""
        } catch {
            agent.logger.info("an environment does not tell its version", ["error": .text("\(error)")])
            return ""
        }
    }
}

extension Platforms {
    /// The version of a server's software. It is asked for once: nobody waits for one that is down.
    fileprivate func version(of definition: SourceDefinition, _ agent: Composition) async throws -> String? {
        let source = try agent.setup.resolver.resolve(definition)
        func hurry(_ settings: inout MetricSettings) { settings.environment.retries = RESTRetries(tries: 1) }
        switch source.kind {
        case .qualityTime: return try await qualityTime(source, path: agent.path, adjust: hurry).version()
        case .sonar: return try await sonar(source, longName: nil, path: agent.path, adjust: hurry).version()
        default: break
        }
        let base = try WebAddress(source.connectionURL)
        var environment = environment
        environment.retries = RESTRetries(tries: 1)
        let client = environment.client(base, trust: trust(source, agent.path), pool: pool(base, logins(source)))
        if source.kind == .jenkins {
            return try await client.send(RESTRequest("api/json", [("tree", "mode")])).headers["X-Jenkins"]
        }
        struct ServerInfo: Decodable { let version: String? }
        return try await client.send(RESTRequest("rest/api/2/serverInfo")).decode(ServerInfo.self).version
    }
}
