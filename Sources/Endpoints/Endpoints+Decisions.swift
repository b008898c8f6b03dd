internal import ControllerAPI
internal import Cryptography
internal import Fleet
internal import HTTPServer
internal import Logging

/// What an admin decides on the fleet page. Each is a form of our own page, and a line of the audit trail with the account.
extension Endpoints {
    /// `POST /fleet/approve` with `agent`, `fingerprint` and `projects`.
    func approve(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try await decide(request) { fleet, form in
            let agent = try agentKey(form)
            let words = (form.values("projects").first ?? "").split { $0 == " " || $0 == "," || $0.isNewline }
            let projects = try words.map { word in
                do throws(WireError) { return try ProjectKey(String(word)) } catch {
                    throw Denial(400, "Projects are keys: capital letters, digits and underscores.")
                }
            }
            guard !projects.isEmpty else { throw Denial(400, "An agent needs at least one project.") }
            try await fleet.approve(agent, seen: form.values("fingerprint").first ?? "", for: projects)
            try await services.keysChanged()
            return "/fleet/agent?agent=\(agent)&done=approved"
        }
    }

    /// `POST /fleet/revoke` with `agent`.
    func revoke(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try await decide(request) { fleet, form in
            let agent = try agentKey(form)
            try await fleet.revoke(agent)
            try await services.keysChanged()
            return "/fleet/agent?agent=\(agent)&done=revoked"
        }
    }

    /// `POST /fleet/trigger` with `project`.
    func trigger(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try await decide(request) { fleet, form in
            let project = try projectKey(form)
            _ = try await fleet.trigger(project)
            return "/fleet/project?project=\(project)&done=triggered"
        }
    }

    /// `POST /fleet/allow-now` with `project`.
    func allowNow(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try await decide(request) { fleet, form in
            let project = try projectKey(form)
            try await fleet.allowNow(project)
            return "/fleet/project?project=\(project)&done=allowed"
        }
    }

    /// `POST /fleet/schedule` with `project`, `days` and `drift`.
    func setSchedule(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try await decide(request) { fleet, form in
            let project = try projectKey(form)
            let days = try number(form, "days", 0...365)
            let drift = try number(form, "drift", 0...10080)
            try await fleet.setSchedule(project, days: days, driftMinutes: drift)
            return "/fleet/project?project=\(project)&done=schedule"
        }
    }

    // MARK: -

    /// - Parameter body: does it, and says where to look next.
    private func decide(
        _ request: HTTPServerRequest, _ body: (Fleet, FormFields) async throws -> String
    ) async throws -> HTTPServerResponse {
        let (session, form) = try await requireAdmin(request)
        let target: String
        do {
            target = try await Fleet.$account.withValue(session.account) { try await body(services.operators, form) }
        } catch let refusal as Refusal {
            throw Denial(409, "\(refusal) Nothing was changed.")
        }
        logger.info(
            "decided on the fleet page",
            ["http.path": .text(request.path), "account.name": .text(session.account.text)])
        return Self.redirect(target)
    }

    private func agentKey(_ form: FormFields) throws -> AgentKey {
        try key(form, "agent") { text throws(WireError) in try AgentKey(text) }
    }

    private func projectKey(_ form: FormFields) throws -> ProjectKey {
        try key(form, "project") { text throws(WireError) in try ProjectKey(text) }
    }

    /// - Returns: `nil` for an empty field.
    private func number(_ form: FormFields, _ name: String, _ range: ClosedRange<Int>) throws(Denial) -> Int? {
        let text = form.values(name).first ?? ""
        if text.isEmpty { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Denial(
                400,
                "The field \(name) has to be a whole number from \(range.lowerBound) to \(range.upperBound), or empty."
            )
        }
        return number
    }
}
