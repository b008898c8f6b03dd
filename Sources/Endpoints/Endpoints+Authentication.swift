internal import ControllerAPI
internal import Cryptography
internal import Fleet
internal import HTTPServer
internal import Logging
internal import Timestamps

/// Who sent a request, once that is certain.
struct Caller: Sendable {
    let standing: Standing
    /// The key that signed; `nil` for an agent of the older system.
    let key: PublicKey?

    var record: AgentRecord { standing.record }
    var agent: AgentKey { record.agent }
}

/// Who asks, and whether that agent may.
extension Endpoints {
    /// Whether a request from elsewhere than the project's networks is refused, or left to the caller to tell.
    enum NetworkCheck { case refuse, report }

    /// The enrolled agent that sent the request and is entitled to the project.
    func authorize(
        _ request: HTTPServerRequest, _ parameters: Parameters, network: NetworkCheck = .refuse
    ) async throws -> Caller {
        let caller = try await authorize(request, as: parameters.agent, about: parameters.project)
        guard caller.record.projects.contains(parameters.project) else {
            throw Denial(403, Refusal.notEntitled.message(to: parameters.agent, about: parameters.project))
        }
        let networks = networks(of: caller)
        if caller.key == nil, networks == nil {
            throw Denial(403, Refusal.noNetwork.message(to: parameters.agent, about: parameters.project))
        }
        if network == .refuse || caller.key == nil {
            try requireNetwork(request, networks, parameters.project)
        }
        return caller
    }

    /// The enrolled agent that sent the request.
    /// - Parameter project: the one that the caller's standing is to tell of.
    func authorize(
        _ request: HTTPServerRequest, as agent: AgentKey, about project: ProjectKey? = nil
    ) async throws -> Caller {
        let generation = request.header(StateLineage.generationHeader).flatMap { Int($0) }
        let standing = try await services.reader.standing(
            of: agent, in: project,
            generation: generation.map { ($0, request.header(StateLineage.wordHeader)) })
        guard let standing, standing.record.state == .enrolled else {
            throw Denial(
                403, "The agent \(agent) is not enrolled. Set ENROLMENT_TOKEN and run on its machine: agent register")
        }
        let key = request.header("signature") == nil ? nil : try await verify(request, standing.record)
        if key == nil { try requireLegacy(standing.record) }
        try requireAllowance(.requests, of: "agent \(agent)")
        if key != nil, !standing.isCurrent { try await refuseCopy(request, standing.record) }
        note(standing.record, request)
        return Caller(standing: standing, key: key)
    }

    /// The key of the agent that signed; a new one takes the place of the old one with its first use.
    private func verify(_ request: HTTPServerRequest, _ record: AgentRecord) async throws -> PublicKey {
        let keys = record.loginKeys.compactMap(\.signing)
        guard let key = try authenticate(request, as: record.agent, with: keys) else {
            throw Denial(401, "The agent \(record.agent) is one that does not sign its requests.")
        }
        if key != record.key.signing {
            try await services.fleet.promoteKey(of: record.agent)
            try await services.keysChanged()
        }
        return key
    }

    /// The request comes from a state directory that is not the one that registered last: a copy of it, or one that was
    /// brought back.
    private func refuseCopy(_ request: HTTPServerRequest, _ record: AgentRecord) async throws -> Never {
        try await services.fleet.noteCopy(of: record.agent, at: request.peer)
        throw Denial(
            409, "\(Refusal.copiedState(address: record.address)) \(Refusal.copyAdvice(to: record.agent))")
    }

    private func requireLegacy(_ record: AgentRecord) throws {
        guard services.policy.legacyAgents != .deny else { throw Self.unsigned }
        guard record.isLegacy else {
            throw Denial(401, "\(Refusal.notLegacy) Only its signed requests are answered.")
        }
    }

    static let unsigned = Denial(
        401, "The request is not signed. Only agents that sign their requests are answered here.")

    /// Verifies the signature of a request.
    /// - Returns: the one of the keys that made it; `nil` where there are none.
    @discardableResult
    func authenticate(
        _ request: HTTPServerRequest, as agent: AgentKey, with keys: [PublicKey]
    ) throws -> PublicKey? {
        let signature: RequestSignature
        let key: PublicKey
        do {
            signature = try RequestSignature(of: request.signable)
            guard signature.agent == agent else {
                throw Denial(403, "The request is signed by another agent than it speaks of.")
            }
            guard let first = keys.first else { return nil }
            key =
                try keys.dropFirst().first { key in
                    do throws(SignatureError) { try signature.verify(by: key) } catch { return false }
                    return true
                }
                ?? {
                    try signature.verify(by: first)
                    return first
                }()
            guard services.replays.admit(signature) else {
                throw Denial(
                    401, "The request was seen before, or was signed before the controller started. Send it anew.")
            }
        } catch let error as SignatureError {
            throw Denial(401, error.advice.map { "\(error). \($0)" } ?? "\(error)")
        }
        guard isOurs(request.authority) else {
            throw Denial(401, "The request was signed for another host than this controller.")
        }
        return key
    }

    /// Whether a request to this host can be meant for us: else one to another controller could be sent on to us.
    private func isOurs(_ authority: String) -> Bool {
        let colon = authority.lastIndex(of: ":")
        let hasPort = colon.map { authority[authority.index(after: $0)...].allSatisfy(\.isNumber) } ?? false
        let host = hasPort ? String(authority[..<(colon ?? authority.endIndex)]) : authority
        return services.details.sealingCertificate.hosts.contains(host.filter { $0 != "[" && $0 != "]" })
    }

    // MARK: Networks

    /// From where the agents of a project may come; `nil` where nobody has said.
    func networks(of project: ProjectKey) async throws -> [IPNetwork]? {
        try await services.reader.networks(of: project) ?? services.policy.defaultNetworks
    }

    /// The same for the project that a caller's request is about.
    func networks(of caller: Caller) -> [IPNetwork]? { caller.standing.networks ?? services.policy.defaultNetworks }

    /// - Parameter networks: `nil` is anywhere.
    func requireNetwork(_ request: HTTPServerRequest, _ networks: [IPNetwork]?, _ project: ProjectKey) throws {
        guard let fault = networkFault(request, networks) else { return }
        throw Denial(
            403, "\(fault) Ask the controller's operator to run `controller networks add NETWORK --project \(project)`."
        )
    }

    /// What is wrong with where a request comes from, in the words of the older system.
    func networkFault(_ request: HTTPServerRequest, _ networks: [IPNetwork]?) -> String? {
        guard let networks else { return nil }
        guard let address = address(of: request) else { return "Remote address is malformed." }
        guard networks.contains(where: { $0.contains(address) }) else {
            return "Remote address \(request.peer) is not in defined networks"
        }
        return nil
    }

    func address(of request: HTTPServerRequest) -> IPAddress? {
        ClientAddress.of(request, trusting: services.policy.trustedProxies)
    }

    // MARK: Allowances

    func requireAllowance(_ allowance: RateLimiter.Allowance, of name: String, cost: Double = 1) throws(Denial) {
        if let seconds = limiter.take(cost, of: name, allowance) {
            throw Denial(429, "Too many requests. Try again in \(seconds) s.", retryAfter: seconds)
        }
    }

    /// Notes when and where an agent was last seen, once a minute.
    private func note(_ record: AgentRecord, _ request: HTTPServerRequest) {
        guard limiter.take(of: "seen \(record.agent)", .init(burst: 1, perSecond: 1 / 60)) == nil else { return }
        let version = request.header("user-agent").map { text in
            String(
                String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7F }.prefix(80)))
        }
        sightings.note(
            record.agent, Sighting(address: request.peer, version: version, at: services.fleet.now()))
    }
}
