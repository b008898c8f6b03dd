internal import ControllerAPI
internal import Cryptography
internal import Fleet
internal import HTTPServer

extension Endpoints {
    /// `POST /auth/agent?project=P&agent=A` with the form field `public_key`; agents of ours add `generation` and
    /// `lineage`, and `next_key` with `next_key_proof` when they change their key.
    func register(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let parameters = try Parameters(request)
        let form = try request.form()
        let texts = form.values("public_key")
        guard texts.count <= 1 else { throw Denial(400, "Exactly one public key must be provided in POST") }
        guard let text = texts.first, !text.isEmpty else {
            throw Denial(400, "Public key must be provided as a POST message")
        }
        let posted: LoginKey
        do {
            posted = try LoginKey(openSSH: text)
        } catch {
            throw Denial(
                400,
                "The public key is not one line `<algorithm> <base64>` of an Ed25519, ECDSA or RSA key with 3072 bits.")
        }
        guard request.header("signature") != nil else {
            return try await registerUnsigned(request, parameters, posted)
        }
        guard let key = posted.signing else {
            throw Denial(400, "Agents that sign their requests need a key of the kind `ssh-ed25519`.")
        }
        try authenticate(request, as: parameters.agent, with: [key])
        try requireAllowance(.requests, of: "agent \(parameters.agent)")
        try await requireNetwork(request, networks(of: parameters.project), parameters.project)
        let decision = try await services.fleet.register(
            parameters.agent, for: parameters.project, key: key, token: request.bearerToken,
            lineage: try lineage(form), from: request.peer)
        let answer = try await answer(decision, parameters)
        if let next = try form.single("next_key", in: "POST", name: "next key") {
            try await rotate(to: next, form, parameters, from: key)
        }
        return answer
    }

    private func registerUnsigned(
        _ request: HTTPServerRequest, _ parameters: Parameters, _ key: LoginKey
    ) async throws -> HTTPServerResponse {
        let mode = services.policy.legacyAgents
        guard mode != .deny else { throw Self.unsigned }
        guard parameters.agent.isLegacySafe, parameters.project.isLegacySafe else {
            throw Denial(400, Parameters.badKey)
        }
        guard let networks = try await networks(of: parameters.project) else {
            throw Denial(403, Refusal.noNetwork.message(to: parameters.agent, about: parameters.project))
        }
        try requireNetwork(request, networks, parameters.project)
        let decision = try await services.fleet.registerLegacy(
            parameters.agent, for: parameters.project, key: key, acceptsUnknown: mode == .allow)
        let answer = try await answer(decision, parameters)
        try await services.prepareUploads(parameters.agent, parameters.project)
        return answer
    }

    private func answer(
        _ decision: RegistrationDecision, _ parameters: Parameters
    ) async throws -> HTTPServerResponse {
        switch decision {
        case .accepted(let salts, let generation):
            try await services.keysChanged()
            try await services.offerTrackers(parameters.agent, parameters.project)
            let next = try await services.nextCertificates()
            if let pin = next.last?.publicKeyPin { try await services.fleet.noteTold(parameters.agent, of: pin) }
            return .json(
                200,
                try RegistrationAnswer(
                    salts: salts, usernames: services.usernames(parameters.project),
                    controller: services.details.with(generation: generation, nextCertificates: next)
                ).json())
        case .pending(let fingerprint):
            throw Denial(
                409,
                "The key \(fingerprint) waits for approval. Ask the operator of the controller: controller agents approve \(parameters.agent) --project \(parameters.project)"
            )
        case .refused(let refusal):
            throw Denial(
                refusal.isConflict ? 409 : 403, refusal.message(to: parameters.agent, about: parameters.project))
        }
    }

    private func lineage(_ form: FormFields) throws -> StateLineage? {
        guard let word = try form.single("lineage", in: "POST", name: "lineage") else { return nil }
        let text = try form.single("generation", in: "POST", name: "generation")
        guard let number = text.flatMap({ Int($0) }), let lineage = StateLineage(generation: number, word: word) else {
            throw Denial(400, "The fields `generation` and `lineage` are not what an agent sends.")
        }
        return lineage
    }

    /// Takes the key that the agent will use next. The request is signed by the one it has; the proof, by the new one.
    private func rotate(to text: String, _ form: FormFields, _ parameters: Parameters, from key: PublicKey) async throws
    {
        let next: PublicKey
        do throws(CryptographyError) { next = try PublicKey(openSSH: text) } catch {
            throw Denial(400, "The next key is not one line `ssh-ed25519 <base64>`.")
        }
        guard let proof = try form.single("next_key_proof", in: "POST", name: "proof"),
            let signature = Base64.standard.decode(proof),
            next.isValid(signature, for: KeyRotation.statement(of: parameters.agent, from: key, to: next))
        else { throw Denial(403, "The request does not prove that the agent has the next key.") }
        do {
            try await services.fleet.rotate(parameters.agent, to: next)
        } catch let refusal as Refusal {
            throw Denial(
                refusal.isConflict ? 409 : 403, refusal.message(to: parameters.agent, about: parameters.project))
        }
        try await services.keysChanged()
    }
}
