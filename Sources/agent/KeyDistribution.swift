import Commands
import ControllerAPI
import Cryptography
import Enrolment
import Forges
import GitLab
import HTTP
import REST
import SourceSettings

/// `agent register --gitlab`: puts the agent's public key into the accounts whose tokens the project's GitLab sources have,
/// so that they can be fetched over SSH.
enum KeyDistribution {
    static func run(_ project: ProjectKey, _ agent: Composition) async throws -> ExitCode {
        let key = try agent.identity(for: project).key.publicKey.openSSH(
            comment: "agent-\(agent.agentKey(for: project))")
        var done: Set<String> = []
        var code = ExitCode.success
        for definition in try agent.sourceList(of: project).gatherable
        where agent.refusal(of: definition, project) == nil {
            let source: ResolvedSource
            do {
                source = try agent.setup.resolver.resolve(definition)
            } catch {
                continue
            }
            guard source.kind == .gitlab, let platform = source.platform, !platform.tokens.isEmpty,
                done.insert("\(platform.api) \(platform.credential)").inserted
            else { continue }
            let client = agent.platforms.environment.client(
                try WebAddress(platform.api), trust: agent.platforms.trust(source, agent.path),
                pool: try agent.platforms.pool(for: source, platform))
            do {
                let outcome = try await GitLabKeys(client).put(key, title: "GROS agent for the \(project) project")
                let what = outcome == .present ? "has the agent's key" : "took the agent's key"
                try agent.console.print("\(project): \(platform.web) \(what)")
            } catch let error as RESTError {
                agent.console.complain("\(project): \(error)")
                if let advice = error.advice { agent.console.complain(advice) }
                code = .failure
            }
        }
        return code
    }
}
