package import ControllerAPI
import Cryptography
package import Fleet
package import HTTPServer
package import Logging
package import Reception

/// Answers what agents ask of the controller. Every request is signed by its agent; the agent is who signed, whatever
/// the parameters say.
package struct Endpoints: Sendable {
    /// What the endpoints do their work with.
    package struct Services: Sendable {
        let fleet: Fleet
        let reception: Reception
        let replays: ReplayGuard
        /// What an enrolled agent needs to know of this controller.
        let details: ControllerDetails
        /// Is told that the set of enrolled keys may have changed; the agent's answer waits for it.
        let keysChanged: @Sendable () async throws -> Void
        /// Is told that a bundle waits for import.
        let bundleReceived: @Sendable () -> Void

        package init(
            fleet: Fleet, reception: Reception, replays: ReplayGuard, details: ControllerDetails,
            keysChanged: @escaping @Sendable () async throws -> Void, bundleReceived: @escaping @Sendable () -> Void
        ) {
            self.fleet = fleet
            self.reception = reception
            self.replays = replays
            self.details = details
            self.keysChanged = keysChanged
            self.bundleReceived = bundleReceived
        }
    }

    private let services: Services
    private let logger: Logger

    package init(_ services: Services, logger: Logger) {
        self.services = services
        self.logger = logger
    }

    /// The answer to a request, whatever happens; details of faults are in the log only.
    package func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
        if request.path == "/healthz" { return .json(200, Array(#"{"ok": true}"#.utf8)) }
        guard let endpoint = Endpoint(path: request.path) else {
            return HTTPServerResponse(404, text: "There is nothing at this address.")
        }
        do {
            switch endpoint {
            case .agent: return try await register(request)
            case .status: return try await status(request)
            case .export: return try await export(request)
            }
        } catch let denial as Denial {
            logger.info(
                "request denied",
                [
                    "http.path": .text(request.path), "http.status": .integer(denial.status),
                    "peer.address": .text(request.peer), "reason": .text(denial.text),
                ])
            return HTTPServerResponse(denial.status, text: denial.text)
        } catch {
            let incident = Hex.encode(Random.bytes(6))
            logger.error(
                "request failed",
                ["http.path": .text(request.path), "incident.id": .text(incident), "error": .text("\(error)")])
            return HTTPServerResponse(
                500, text: "The controller failed at this request. Its log tells more under \(incident).")
        }
    }

    /// `POST /auth/agent?project=P&agent=A` with the form field `public_key`.
    private func register(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try request.require("POST")
        let parameters = try Parameters(request)
        let form = try request.form()
        guard let text = try form.single("public_key", in: "POST", name: "public key") else {
            throw Denial(400, "Public key must be provided as a POST message")
        }
        let key: PublicKey
        do {
            key = try PublicKey(openSSH: text)
        } catch {
            throw Denial(400, "The public key is not one line `ssh-ed25519 <base64>`.")
        }
        try authenticate(request, as: parameters.agent, with: key)
        let decision = try await services.fleet.register(
            parameters.agent, for: parameters.project, key: key, token: request.bearerToken)
        switch decision {
        case .accepted(let salts):
            try await services.keysChanged()
            return .json(200, try RegistrationAnswer(salts: salts, controller: services.details).json())
        case .pending(let fingerprint):
            throw Denial(
                409,
                "The key \(fingerprint) waits for approval. Ask the operator of the controller: controller agents approve \(parameters.agent) --project \(parameters.project)"
            )
        case .refused(let refusal):
            throw Denial(
                refusal == .anotherKey ? 409 : 403, refusal.message(to: parameters.agent, about: parameters.project))
        }
    }

    /// `GET /auth/status?project=P&agent=A`
    private func status(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try request.require("GET")
        let parameters = try Parameters(request)
        _ = try await authorize(request, parameters)
        let answer = StatusAnswer([
            StatusPart(.database, isOK: true), StatusPart(.tracker, isOK: true), StatusPart(.permissions, isOK: true),
            StatusPart(.lock, isOK: true), StatusPart(.importer, isOK: true), StatusPart(.daemon, isOK: true),
            StatusPart(.network, isOK: true), StatusPart(.configuration, isOK: true),
        ])
        return .json(answer.httpStatus, try answer.json())
    }

    /// `POST /auth/export?project=P` with the form fields `agent` and `files`.
    private func export(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try request.require("POST")
        let parameters = try Parameters(request, agentFrom: .signature)
        let key = try await authorize(request, parameters)
        let notification: ExportNotification
        do {
            notification = try ExportNotification(fields: try request.form())
        } catch {
            throw Denial(400, "\(error)")
        }
        guard let announcement = notification.files?.bundle else {
            throw Denial(400, "The notification announces no bundle.")
        }
        do {
            let receipt = try await services.reception.receive(
                announcement, of: parameters.project, from: parameters.agent, key: key)
            services.bundleReceived()
            return .json(202, try receipt.json())
        } catch let error as ReceptionError {
            throw Denial(error.code == .refused ? 422 : 409, error.description)
        }
    }

    // MARK: Who asks

    /// The key of an enrolled agent that signed the request and is entitled to the project.
    private func authorize(_ request: HTTPServerRequest, _ parameters: Parameters) async throws -> PublicKey {
        guard let key = try await services.fleet.key(of: parameters.agent) else {
            throw Denial(403, "The agent \(parameters.agent) is not enrolled. Run on its machine: agent register")
        }
        try authenticate(request, as: parameters.agent, with: key)
        guard try await services.fleet.isEntitled(parameters.agent, to: parameters.project) else {
            throw Denial(403, Refusal.notEntitled.message(to: parameters.agent, about: parameters.project))
        }
        return key
    }

    private func authenticate(_ request: HTTPServerRequest, as agent: AgentKey, with key: PublicKey) throws {
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
