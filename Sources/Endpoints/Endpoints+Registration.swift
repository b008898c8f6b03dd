internal import ControllerAPI
internal import Cryptography
internal import Fleet
internal import HTTPServer

extension Endpoints {
    /// `POST /auth/agent?project=P&agent=A` with the form field `public_key`.
    func register(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
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
}
