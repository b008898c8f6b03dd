package import ControllerAPI
internal import Cryptography

/// A bundle as it travels: whose it is, and what its agent announces and signs about its parts.
///
/// The agent keeps it with the parts until they are delivered. The controller makes one of the announcement that came
/// and of what it knows itself about the agent that sent it.
package struct SealedBundle: Hashable, Sendable, Codable {
    package typealias Part = BundleAnnouncement.Part

    package let agent: AgentKey
    package let project: ProjectKey
    package let announcement: BundleAnnouncement

    package init(agent: AgentKey, project: ProjectKey, announcement: BundleAnnouncement) {
        self.agent = agent
        self.project = project
        self.announcement = announcement
    }

    /// Signs what was sealed.
    init(
        _ identity: BundleIdentity, parts: [Part], manifest: SHA256Digest, signedBy key: SigningKey
    ) throws {
        let signature = try key.sign(Self.signedText(identity, manifest, parts))
        agent = identity.agent
        project = identity.project
        announcement = try BundleAnnouncement(
            run: identity.run, parts: parts, manifest: manifest, signature: signature)
    }

    package var identity: BundleIdentity {
        BundleIdentity(agent: agent, project: project, run: announcement.run)
    }

    /// Bytes of all parts.
    package var size: Int { announcement.parts.reduce(0) { $0 + $1.size } }

    /// The name of the part with this number, from 1 to 999: `001.cms`.
    static func partName(_ number: Int) -> String { "\(String(1000 + number).dropFirst()).cms" }

    /// The text that is signed: a line for each fact, so that no two bundles have the same one. None of the values has a
    /// space or a line break.
    private static func signedText(_ identity: BundleIdentity, _ manifest: SHA256Digest, _ parts: [Part]) -> [UInt8] {
        let lines =
            [
                "gathering bundle 1", "agent \(identity.agent.text)", "project \(identity.project.text)",
                "run \(identity.run.text)", "manifest \(manifest.hex)",
            ] + parts.map { "part \($0.name) \($0.size) \($0.sha256.hex)" }
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    /// - Throws: `BundleError` `wrongSignature`.
    func checkSignature(_ keys: [PublicKey]) throws(BundleError) {
        let text = Self.signedText(identity, announcement.manifest, announcement.parts)
        guard keys.contains(where: { $0.isValid(announcement.signature, for: text) }) else {
            throw BundleError(.wrongSignature, "bundle", "expected the signature of the agent's key, found another")
        }
    }

    /// - Throws: `BundleError` `partsMalformed` or `tooLarge`.
    func checkParts() throws(BundleError) {
        guard announcement.parts.count <= BundleLimits.parts else {
            throw BundleError(
                .tooLarge, "bundle",
                "expected at most \(BundleLimits.parts) parts, found \(announcement.parts.count)")
        }
        for (number, part) in zip(1..., announcement.parts) {
            let name = Self.partName(number)
            guard part.name == name else {
                throw BundleError(.partsMalformed, "bundle", "expected the name \(name), found \(part.name)")
            }
            guard part.size <= BundleLimits.sealedPartSize else {
                let limit = BundleLimits.sealedPartSize
                throw BundleError(.tooLarge, "part \(name)", "expected at most \(limit) bytes, found \(part.size)")
            }
        }
    }
}
