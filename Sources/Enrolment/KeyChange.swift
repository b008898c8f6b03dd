package import ControllerAPI
package import ControllerClient
package import Cryptography
import Files

/// Replaces an agent's key by a new one, so that at each moment the controller accepts one of those that lie on the disk.
///
/// 1. The new key is made beside the old one.
/// 2. A registration signed by the old key announces it. The controller accepts both from then on, for requests and for
///    logins.
/// 3. A registration signed by the new key ends the old one.
/// 4. The new key's file takes the place of the old one's.
///
/// Interrupted anywhere it begins again at the second step with the same new key. Where the old key is refused because the
/// third had come through, it goes on with that.
package struct KeyChange: Sendable {
    private let identity: AgentIdentity
    private let agent: AgentKey
    /// Signs with the key that `identity` has.
    private let client: ControllerClient
    private let lineage: LineageFile

    /// - Parameter client: asks with the agent's present key.
    package init(_ identity: AgentIdentity, of agent: AgentKey, by client: ControllerClient, lineage: LineageFile) {
        self.identity = identity
        self.agent = agent
        self.client = client
        self.lineage = lineage
    }

    private static func nextPath(_ path: String) -> String { "\(path).next" }

    /// Whether a change was begun and has not come to its end.
    package static func isUnfinished(_ identity: AgentIdentity) throws -> Bool {
        try Files.status(nextPath(identity.path)) != nil
    }

    /// Changes the key, or brings a change to its end that was interrupted. The caller holds the `RegistrationLock`.
    /// - Parameter project: one that the agent is registered for.
    /// - Returns: the new key.
    /// - Throws: `ControllerError` where the controller could not be asked or refuses; both keys are kept then.
    package func run(_ project: ProjectKey) async throws -> PublicKey {
        let path = Self.nextPath(identity.path)
        let next: SigningKey
        if try Files.status(path) != nil {
            next = try SigningKey.load(path)
        } else {
            next = try SigningKey.generate()
            try next.save(path, comment: "agent-\(agent)")
        }
        try await announce(next, project)
        // A key that ended is told from one that nobody knows by the answer to this.
        try await register(project, with: client.with(next))
        return try finish(next, path)
    }

    /// Tells the controller of the new key. That the old one is refused may mean that it knows the new one only.
    private func announce(_ next: SigningKey, _ project: ProjectKey) async throws {
        let said = try lineage.next()
        let answer: RegistrationAnswer
        do throws(ControllerError) {
            answer = try await client.register(project, lineage: said, next: next)
        } catch {
            let refusal = error
            guard [.conflict, .forbidden, .notAuthenticated].contains(refusal.code) else { throw refusal }
            do throws(ControllerError) { _ = try await client.with(next).status(project) } catch { throw refusal }
            return
        }
        try lineage.answered(answer.controller?.generation)
    }

    private func register(_ project: ProjectKey, with client: ControllerClient) async throws {
        let said = try lineage.next()
        try lineage.answered(try await client.register(project, lineage: said).controller?.generation)
    }

    /// Until the old file is replaced the new one stays beside it.
    private func finish(_ next: SigningKey, _ path: String) throws -> PublicKey {
        try next.save(identity.path, comment: "agent-\(agent)")
        for leftover in ["\(path).pub", path] where try Files.status(leftover) != nil { try Files.remove(leftover) }
        return next.publicKey
    }
}
