package import Cryptography
package import Timestamps

/// The signature of an agent on a request to its controller (RFC 9421), in the one form that both sides use:
/// label `agent`, Ed25519, over method, authority, path, query and the digest of the body, if there is one.
///
/// Reading one checks everything but the key: whose key to take is for the caller to look up by `agent`, and so is
/// remembering `nonce` for as long as the signature could be used again (`tolerance` after `created`).
package struct RequestSignature: Sendable {
    package let agent: AgentKey
    package let created: Timestamp
    /// What makes this request unique.
    package let nonce: String
    private let base: [UInt8]
    private let signature: [UInt8]

    /// How far the clocks of agent and controller may differ, the way of the request included.
    package static let tolerance = Duration.seconds(300)

    private static let label = "agent"
    private static let algorithm = "ed25519"
    /// Headers beyond this are not looked at; ours have about 250 bytes.
    private static let headerLimit = 4096
    /// Characters of a nonce; ours has 22, for 128 bits.
    private static let nonceLengths = 16...64

    /// The header fields to add to a request.
    ///
    /// - Parameter nonce: must be new for each request.
    /// - Throws: `SignatureError` `.malformedRequest`, or `CryptographyError` when memory is out.
    package static func headers(
        for request: SignableRequest, agent: AgentKey, key: SigningKey, at moment: Timestamp = .now,
        nonce: String = Base64.url.encode(Random.bytes(16))
    ) throws -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        var request = request
        if !request.body.isEmpty {
            let digest = ContentDigest.value(of: request.body)
            headers.append((SignatureError.Header.contentDigest.rawValue, digest))
            request = request.adding(SignatureError.Header.contentDigest.rawValue, digest)
        }
        let input = SignatureInput(
            components: components(of: request),
            parameters: [
                .init(name: "created", value: .integer(moment.seconds)), .init(name: "nonce", value: .string(nonce)),
                .init(name: "keyid", value: .string(agent.text)), .init(name: "alg", value: .string(algorithm)),
            ])
        let signature = try key.sign(try input.base(for: request))
        headers.append((SignatureError.Header.signatureInput.rawValue, "\(label)=\(input.serialized)"))
        headers.append(
            (SignatureError.Header.signature.rawValue, "\(label)=\(StructuredField.Item.bytes(signature).serialized)"))
        return headers
    }

    /// Reads the signature of a request that came, and checks its form, age and the body.
    package init(
        of request: SignableRequest, now: Timestamp = .now, tolerance: Duration = Self.tolerance
    ) throws(SignatureError) {
        guard let input = SignatureInput(try Self.member(.signatureInput, of: request)) else {
            throw .malformed(.signatureInput)
        }
        guard case .item(let item) = try Self.member(.signature, of: request), item.parameters.isEmpty,
            case .bytes(let signature) = item.item
        else { throw .malformed(.signature) }
        guard case .string(Self.algorithm) = input.parameter("alg") else { throw .wrongAlgorithm }
        guard Set(input.components) == Set(Self.components(of: request)) else { throw .wrongComponents }
        guard Set(input.parameters.map(\.name)) == ["created", "nonce", "keyid", "alg"],
            case .integer(let created) = input.parameter("created"), created >= 0,
            case .string(let nonce) = input.parameter("nonce"), Self.nonceLengths.contains(nonce.utf8.count),
            case .string(let keyID) = input.parameter("keyid"), let agent = Self.agent(keyID)
        else { throw .malformed(.signatureInput) }
        self.agent = agent
        self.created = Timestamp(seconds: created)
        self.nonce = nonce
        let age = now - self.created
        guard age <= tolerance else { throw .expired }
        guard age >= .zero - tolerance else { throw .fromTheFuture }
        if !request.body.isEmpty {
            guard let digest = request.field(SignatureError.Header.contentDigest.rawValue) else {
                throw .missing(.contentDigest)
            }
            try ContentDigest.check(digest, of: request.body)
        }
        self.signature = signature
        base = try input.base(for: request)
    }

    /// - Throws: `SignatureError` `.badSignature` unless the key made the signature.
    package func verify(by key: PublicKey) throws(SignatureError) {
        guard key.isValid(signature, for: base) else { throw .badSignature }
    }

    /// What has to be covered.
    private static func components(of request: SignableRequest) -> [SignatureInput.Component] {
        let target: [SignatureInput.Component] = [.method, .authority, .path, .query]
        return request.body.isEmpty ? target : target + [.field("content-digest")]
    }

    /// Our member of a header, which may hold others, of proxies say.
    private static func member(
        _ header: SignatureError.Header, of request: SignableRequest
    ) throws(SignatureError) -> StructuredField.Member {
        guard let value = request.field(header.rawValue) else { throw .missing(header) }
        guard value.utf8.count <= headerLimit, let members = StructuredField.dictionary(value) else {
            throw .malformed(header)
        }
        guard let member = members[label] else { throw .missing(header) }
        return member
    }

    private static func agent(_ text: String) -> AgentKey? {
        do throws(WireError) {
            return try AgentKey(text)
        } catch {
            return nil
        }
    }
}
