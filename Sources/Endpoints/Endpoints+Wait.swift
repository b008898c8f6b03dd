internal import ControllerAPI
internal import Fleet
internal import HTTPServer

extension Endpoints {
    /// `GET /auth/wait?agent=A&after=N`: answers as soon as somebody wants the agent to gather, with 204 when nobody did
    /// for a while. `after` acknowledges all triggers up to that number.
    func wait(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let query = try request.queryFields()
        guard let text = try query.single("agent", in: "GET", name: "agent") else {
            throw Denial(400, "Agent must be specified")
        }
        let agent: AgentKey
        do throws(WireError) { agent = try AgentKey(text) } catch { throw Denial(400, "\(error)") }
        let acknowledged = try query.single("after", in: "GET", name: "number of a trigger").map { text in
            guard let number = Int(text), number >= 0 else {
                throw Denial(400, "`after` must be the number of a trigger")
            }
            return number
        }
        _ = try await authorize(request, as: agent)
        if let acknowledged { try await services.fleet.acknowledgeTriggers(of: agent, through: acknowledged) }
        let deadline = ContinuousClock.now + TriggerNotice.longestWait
        while true {
            if let notice = try await services.fleet.takeTrigger(of: agent) { return .json(200, try notice.json()) }
            guard ContinuousClock.now < deadline, !services.triggers.isClosed, !Task.isCancelled else {
                return HTTPServerResponse(204, headers: [("Cache-Control", "no-store")])
            }
            await services.triggers.wait(for: agent, until: deadline)
            guard try await services.fleet.agent(agent)?.state == .enrolled else {
                throw Denial(403, "\(Refusal.revoked) Ask the controller's operator to enrol it again.")
            }
        }
    }
}
