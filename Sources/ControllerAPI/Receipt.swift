package import Cryptography
package import Timestamps

/// A controller's word that it holds a bundle, verified: only with one does an agent forget what it sent.
package struct Receipt: Hashable, Sendable {
    package let agent: AgentKey
    package let project: ProjectKey
    package let run: RunID
    package let manifest: SHA256Digest
    /// Whole seconds.
    package let receivedAt: Timestamp
    package let signature: [UInt8]

    static let subject = "receipt"

    private init(
        agent: AgentKey, project: ProjectKey, run: RunID, manifest: SHA256Digest, receivedAt: Timestamp,
        signature: [UInt8]
    ) {
        self.agent = agent
        self.project = project
        self.run = run
        self.manifest = manifest
        self.receivedAt = Timestamp(seconds: receivedAt.seconds)
        self.signature = signature
    }

    /// Makes the receipt for a bundle that is verified and safely stored.
    package static func signed(
        agent: AgentKey, project: ProjectKey, run: RunID, manifest: SHA256Digest, receivedAt: Timestamp = .now,
        by key: SigningKey
    ) throws(CryptographyError) -> Receipt {
        let unsigned = Receipt(
            agent: agent, project: project, run: run, manifest: manifest, receivedAt: receivedAt, signature: [])
        return Receipt(
            agent: agent, project: project, run: run, manifest: manifest, receivedAt: receivedAt,
            signature: try key.sign(unsigned.signedText))
    }

    /// - Throws: `WireError`: `.badSignature` unless the controller's key signed it, `.malformed` when it is for another
    ///   bundle.
    package func verify(
        agent: AgentKey, project: ProjectKey, run: RunID, manifest: SHA256Digest, by key: PublicKey
    ) throws(WireError) {
        guard key.isValid(signature, for: signedText) else {
            throw WireError(.badSignature, Self.subject, expected: "a signature by the controller", found: "another")
        }
        guard (self.agent, self.project, self.run, self.manifest) == (agent, project, run, manifest) else {
            throw WireError(
                .malformed, Self.subject, expected: "the bundle of run \(run)", found: "one of run \(self.run)")
        }
    }

    /// - Throws: `WireError` with the place in the JSON.
    package init(json: [UInt8]) throws(WireError) {
        self = try WireJSON.decode(Self.self, from: json, subject: Self.subject)
    }

    package func json() throws(WireError) -> [UInt8] { try WireJSON.encode(self, subject: Self.subject) }

    private var signedText: [UInt8] {
        let lines = ["gathering-receipt-1", agent.text, project.text, run.text, manifest.hex, receivedAt.rfc3339]
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}

extension Receipt: Codable {
    private enum CodingKeys: String, CodingKey {
        case agent, project, run
        case manifest = "manifest_sha256"
        case receivedAt = "received_at"
        case signature
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            agent: try container.decode(AgentKey.self, forKey: .agent),
            project: try container.decode(ProjectKey.self, forKey: .project),
            run: try container.decode(RunID.self, forKey: .run), manifest: try container.decodeDigest(.manifest),
            receivedAt: try container.decode(.receivedAt, expected: "a moment such as 2026-11-21T03:43:32Z") { text in
                Timestamp(rfc3339: text).flatMap { $0.rfc3339 == text ? $0 : nil }
            },
            signature: try container.decodeSignature(.signature))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(agent, forKey: .agent)
        try container.encode(project, forKey: .project)
        try container.encode(run, forKey: .run)
        try container.encode(manifest, forKey: .manifest)
        try container.encode(receivedAt.rfc3339, forKey: .receivedAt)
        try container.encode(Base64.standard.encode(signature), forKey: .signature)
    }
}
