internal import ControllerAPI
internal import Cryptography
internal import Fleet
internal import HTTPServer
internal import Pages
internal import Reception
internal import Timestamps

/// The pages, and the same facts for programs.
extension Endpoints {
    /// `GET /`: the fleet, or the form to log in.
    func fleetPage(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        try requireOperatorNetwork(request)
        guard let session = try await session(request) else { return FleetPages.login().response() }
        return pages(session).overview(try await facts(), done: try done(request)).response()
    }

    /// `GET /fleet.json`.
    func fleetFacts(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        do {
            try await requireReader(request)
        } catch let denial as Denial where denial.status == 401 {
            noteDenial(denial, request)
            var response = HTTPServerResponse(401, text: denial.text)
            response.headers.append(("WWW-Authenticate", "Basic realm=\"fleet\", charset=\"UTF-8\""))
            return response
        }
        return .json(200, try WireJSON.encode(try await facts(), subject: "fleet"))
    }

    /// `GET /fleet/agent?agent=A`.
    func agentPage(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let session = try await requireSession(request)
        let agent = try key(request.queryFields(), "agent") { text throws(WireError) in try AgentKey(text) }
        guard let found = try await facts().agents.first(where: { $0.agent == agent.text }) else {
            throw Denial(404, "There is no such agent.")
        }
        let trail = try await services.operators.auditTrail(of: agent, limit: 20)
        return pages(session).agent(found, trail, done: try done(request)).response()
    }

    /// `GET /fleet/project?project=P`.
    func projectPage(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let session = try await requireSession(request)
        let project = try key(request.queryFields(), "project") { text throws(WireError) in try ProjectKey(text) }
        guard let found = try await facts().projects.first(where: { $0.project == project.text }) else {
            throw Denial(404, "There is no such project.")
        }
        let runs = try await services.runs(project, 20)
        return pages(session).project(found, runs, done: try done(request)).response()
    }

    /// `GET /fleet/runs`.
    func runsPage(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let pages = pages(try await requireSession(request))
        let runs = try await services.runs(nil, Self.listed)
        return pages.page("Runs", at: "/fleet/runs", pages.runs("The latest \(Self.listed)", runs)).response()
    }

    /// `GET /fleet/audit`.
    func auditPage(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
        let pages = pages(try await requireSession(request))
        let trail = try await services.operators.auditTrail(limit: Self.listed)
        return pages.page("Audit trail", at: "/fleet/audit", pages.audit("The latest \(Self.listed)", trail)).response()
    }

    /// Lines of the long lists; `controller runs` and `controller audit` have all.
    private static var listed: Int { 200 }

    // MARK: -

    private func pages(_ session: Session) -> FleetPages {
        FleetPages(session: session, now: services.operators.now())
    }

    private func done(_ request: HTTPServerRequest) throws -> String? {
        try request.queryFields().values("done").first
    }

    func key<Key>(
        _ fields: FormFields, _ name: String, _ read: (String) throws(WireError) -> Key
    ) throws(Denial) -> Key {
        do throws(WireError) {
            return try read(fields.values(name).first ?? "")
        } catch {
            throw Denial(400, "The field \(name) has to be a key: capital letters, digits and underscores.")
        }
    }

    func facts() async throws -> FleetFacts {
        let policy = services.policy
        let overview = try await services.operators.overview(policy.schedule, overdueAfter: policy.overdueDays)
        let now = services.operators.now()
        var warnings = await services.health().filter { $0.fault != nil }.map {
            "The controller cannot use its part \($0.name); its log tells why."
        }
        let end = services.details.sealingCertificate.notAfter
        if end - now < .seconds(Self.certificateNotice) {
            warnings.append(
                "The controller's certificate ends at \(end.rfc3339). Make the next one with `controller certificate renew`."
            )
        }
        return FleetFacts(
            overview, runs: try await services.runs(nil, 50), quarantine: try await services.quarantine(),
            schedule: policy.schedule, at: now, warnings: warnings)
    }

    /// Seconds before its end from which on the page speaks of a certificate: 30 days.
    private static var certificateNotice: Int { 30 * 86400 }
}
