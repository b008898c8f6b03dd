internal import ControllerAPI
internal import Cryptography
internal import Fleet
internal import HTTPServer

/// Who asks, and whether that agent may.
extension Endpoints {
    /// The key of an enrolled agent that signed the request and is entitled to the project.
    func authorize(_ request: HTTPServerRequest, _ parameters: Parameters) async throws -> PublicKey {
        let key = try await authorize(request, as: parameters.agent)
        guard try await services.fleet.isEntitled(parameters.agent, to: parameters.project) else {
            throw Denial(403, Refusal.notEntitled.message(to: parameters.agent, about: parameters.project))
        }
        return key
    }

    /// The key of an enrolled agent that signed the request.
    func authorize(_ request: HTTPServerRequest, as agent: AgentKey) async throws -> PublicKey {
        guard let key = try await services.fleet.key(of: agent) else {
            throw Denial(403, "The agent \(agent) is not enrolled. Run on its machine: agent register")
        }
        try authenticate(request, as: agent, with: key)
        return key
    }

    func authenticate(_ request: HTTPServerRequest, as agent: AgentKey, with key: PublicKey) throws {
        guard request.header("signature") != nil else {
            throw Denial(401, "The request is not signed. Only agents that sign their requests are answered here.")
        }
        do {
            let signature = try RequestSignature(of: request.signable)
            guard signature.agent == agent else {
                throw Denial(403, "The request is signed by another agent than it speaks of.")
            }
            try signature.verify(by: key)
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
    }

    /// Whether a request to this host can be meant for us: else one to another controller could be sent on to us.
    private func isOurs(_ authority: String) -> Bool {
        let colon = authority.lastIndex(of: ":")
        let hasPort = colon.map { authority[authority.index(after: $0)...].allSatisfy(\.isNumber) } ?? false
        let host = hasPort ? String(authority[..<(colon ?? authority.endIndex)]) : authority
        return services.details.sealingCertificate.hosts.contains(host.filter { $0 != "[" && $0 != "]" })
    }
}
