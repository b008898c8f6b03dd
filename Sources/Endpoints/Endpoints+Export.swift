internal import ControllerAPI
internal import Fleet
internal import HTTPServer
internal import Reception

extension Endpoints {
    /// `POST /auth/export?project=P` with the form fields `agent` and `files`.
    ///
    /// The agent is who signed. Of an agent that does not sign, the field says which of those it is that may deliver the
    /// project from this network; it names no path.
    func export(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let notification: ExportNotification
        do {
            notification = try ExportNotification(fields: try request.form())
        } catch let error as WireError {
            throw Denial(400, "\(error)")
        }
        let parameters = try Parameters(
            request, agentFrom: .signature(otherwise: Self.legacyAgent(notification.agent)))
        let caller = try await authorize(request, parameters)
        guard caller.key != nil else {
            guard let deliver = services.legacyDelivered else {
                throw Denial(
                    503, "This controller does not import what agents deliver that do not sign; the files stay.")
            }
            try await deliver(parameters.agent, parameters.project, Set(notification.files?.update ?? []))
            return HTTPServerResponse(202, headers: [("Cache-Control", "no-store")])
        }
        guard let announcement = notification.files?.bundle else {
            throw Denial(400, "The notification announces no bundle.")
        }
        do {
            let receipt = try await services.reception.receive(
                announcement, of: parameters.project, from: parameters.agent,
                keys: services.reader.sealingKeys(of: parameters.agent))
            services.bundleReceived()
            return .json(202, try receipt.json())
        } catch let error as ReceptionError {
            throw Denial(error.code == .refused ? 422 : 409, error.description)
        }
    }

    /// The agent's key as the older agents give it: `key`, unless that is empty or `-`, else `user` without its prefix.
    private static func legacyAgent(_ description: ExportNotification.AgentDescription?) -> AgentKey? {
        guard let description else { return nil }
        var text = description.key
        if text.isEmpty || text == "-" {
            let prefix = "agent-"
            guard description.user.hasPrefix(prefix) else { return nil }
            text = String(description.user.dropFirst(prefix.count))
        }
        do throws(WireError) { return try AgentKey(text) } catch { return nil }
    }
}
