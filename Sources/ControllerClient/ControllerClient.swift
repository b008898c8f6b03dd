package import ControllerAPI
package import Cryptography
package import HTTP
import Timestamps

/// Asks one controller in the name of one agent. Each request is signed with the agent's key; it trusts whom it is told
/// to and follows no redirects.
package struct ControllerClient: Sendable {
    /// Which paths to use: controllers of ours know both.
    package enum Paths: Sendable {
        case current
        /// With `.py`, as the reference has them.
        case legacy
    }

    /// The controller's host as certificates and `getaddrinfo` know it, an IPv6 address without brackets.
    package let host: String
    package let agent: AgentKey
    private let base: WebAddress
    /// The agent's key, which may change while the client is in use.
    private let key: @Sendable () throws -> SigningKey
    private let trust: HTTPRequest.Trust
    private let paths: Paths
    private let http: HTTPClient
    /// Headers that say which state directory asks; see `StateLineage`.
    package var lineage: @Sendable () throws -> [(name: String, value: String)] = { [] }

    /// - Parameters:
    ///   - controller: `host` or `host:port`.
    ///   - trust: in general the one certificate file that the operator was given.
    /// - Throws: `ControllerError` `badAddress`.
    package init(
        _ controller: String, trust: HTTPRequest.Trust, agent: AgentKey, key: SigningKey, http: HTTPClient,
        paths: Paths = .current
    ) throws(ControllerError) {
        try self.init(controller, trust: trust, agent: agent, currentKey: { key }, http: http, paths: paths)
    }

    /// The same with a key that is looked up for each request.
    package init(
        _ controller: String, trust: HTTPRequest.Trust, agent: AgentKey,
        currentKey key: @escaping @Sendable () throws -> SigningKey, http: HTTPClient, paths: Paths = .current
    ) throws(ControllerError) {
        do throws(HTTPError) {
            base = try WebAddress("https://\(controller)")
        } catch {
            throw ControllerError(.badAddress, "controller address", reason: error.cause, cause: .http(error))
        }
        guard base.path == "/", base.query == nil, base.text == "https://\(controller)/" else {
            throw ControllerError(.badAddress, "controller address", reason: "expected host or host:port, found more")
        }
        host = base.host.hasPrefix("[") ? String(base.host.dropFirst().dropLast()) : base.host
        self.agent = agent
        self.key = key
        self.trust = trust
        self.paths = paths
        self.http = http
    }

    private init(_ other: ControllerClient, key: @escaping @Sendable () throws -> SigningKey) {
        (host, agent, base, trust) = (other.host, other.agent, other.base, other.trust)
        (paths, http, lineage) = (other.paths, other.http, other.lineage)
        self.key = key
    }

    /// The same client with another key.
    package func with(_ key: SigningKey) -> ControllerClient { ControllerClient(self, key: { key }) }

    /// Registers the agent's public key for a project and returns what the agent needs for it.
    ///
    /// - Parameters:
    ///   - token: the one-time token of an enrolment that is not finished yet.
    ///   - lineage: which state directory registers.
    ///   - next: the key that the agent will use next.
    package func register(
        _ project: ProjectKey, token: String? = nil, lineage: StateLineage? = nil, next: SigningKey? = nil
    ) async throws(ControllerError) -> RegistrationAnswer {
        let subject = subject("registration of \(project)")
        let key = try currentKey(subject)
        var form: [FormFields.Field] = [.init("public_key", key.publicKey.openSSH())]
        if let lineage {
            form += [.init("generation", String(lineage.generation)), .init("lineage", lineage.word)]
        }
        if let next {
            let statement = KeyRotation.statement(of: agent, from: key.publicKey, to: next.publicKey)
            do throws(CryptographyError) {
                form += [
                    .init("next_key", next.publicKey.openSSH()),
                    .init("next_key_proof", Base64.standard.encode(try next.sign(statement))),
                ]
            } catch {
                throw ControllerError(.cannotSign, subject, reason: "\(error)")
            }
        }
        var request = try request(
            .post, .agent, FormFields(["project": project.text, "agent": agent.text]), subject,
            form: FormFields(form))
        if let token { request.headers["Authorization"] = "Bearer \(token)" }
        let response = try await send(request, subject, signedBy: key)
        guard response.status == 200 else { throw ControllerError(response, subject) }
        return try decode(response, subject) { json throws(WireError) in try RegistrationAnswer(json: json) }
    }

    /// Asks whether the project may be gathered now. That it may not is an answer too.
    ///
    /// - Parameter trigger: the number of the controller's own wish that makes the agent ask.
    package func status(_ project: ProjectKey, trigger: Int? = nil) async throws(ControllerError) -> StatusAnswer {
        let subject = subject("status of \(project)")
        var query: [FormFields.Field] = [.init("project", project.text), .init("agent", agent.text)]
        if let trigger { query.append(.init("triggered", String(trigger))) }
        let request = try request(.get, .status, FormFields(query), subject)
        let response = try await send(request, subject)
        switch response.status {
        case 200: return try decode(response, subject) { json throws(WireError) in try StatusAnswer(json: json) }
        case 503:
            // Without the agreed content it is a 503 of something else, a proxy before the controller for one.
            do throws(ControllerError) {
                return try decode(response, subject) { json throws(WireError) in try StatusAnswer(json: json) }
            } catch {
                throw ControllerError(response, subject)
            }
        default: throw ControllerError(response, subject)
        }
    }

    /// Says that an upload is complete. Returns the controller's receipt as it came: whoever forgets a bundle because of
    /// it verifies it before.
    package func announce(
        _ notification: ExportNotification, of project: ProjectKey
    ) async throws(ControllerError) -> Receipt {
        // The controller reads and opens the whole upload before it answers.
        let response = try await send(notification, of: project, stall: .seconds(900), total: .seconds(1200))
        return try decode(response, subject("export of \(project)")) { json throws(WireError) in
            try Receipt(json: json)
        }
    }

    /// Says to a controller of the reference, which gives no receipts, that an upload is complete.
    package func notify(
        _ notification: ExportNotification, of project: ProjectKey
    ) async throws(ControllerError) {
        // It imports before it answers.
        _ = try await send(notification, of: project, stall: .seconds(3600), total: .seconds(3600))
    }

    private func send(
        _ notification: ExportNotification, of project: ProjectKey, stall: Duration, total: Duration
    ) async throws(ControllerError) -> HTTPResponse {
        let subject = subject("export of \(project)")
        let fields: FormFields
        do throws(WireError) {
            fields = try notification.fields()
        } catch {
            throw ControllerError(.badRequest, subject, reason: error.description, cause: .wire(error))
        }
        var request = try request(.post, .export, FormFields(["project": project.text]), subject, form: fields)
        request.timeouts.stall = stall
        request.timeouts.total = total
        let response = try await send(request, subject)
        guard response.status == 202 else { throw ControllerError(response, subject) }
        return response
    }

    /// Fetches the update trackers that imports left of a project (`ControllerDetails.Feature.trackers`).
    ///
    /// - Returns: what the files hold by their names; none of a project that was never imported.
    package func trackers(of project: ProjectKey) async throws(ControllerError) -> [String: String] {
        let subject = subject("update trackers of \(project)")
        var request = try request(
            .get, .trackers, FormFields(["project": project.text, "agent": agent.text]), subject)
        // A mark for each repository, and a name for each metric, of all that a project ever had.
        request.responseLimit = 64 << 20
        let response = try await send(request, subject)
        guard response.status == 200 else { throw ControllerError(response, subject) }
        return try decode(response, subject) { json throws(WireError) in
            try WireJSON.decode([String: String].self, from: json, subject: "trackers")
        }
    }

    /// Waits until somebody at the controller wants projects gathered; `nil` when nobody did for a while.
    ///
    /// - Parameter acknowledged: the number of the last wish that the agent has taken, which is not told again.
    package func wait(after acknowledged: Int?) async throws(ControllerError) -> TriggerNotice? {
        let subject = subject("waiting for triggers")
        var query: [FormFields.Field] = [.init("agent", agent.text)]
        if let acknowledged { query.append(.init("after", String(acknowledged))) }
        var request = try request(.get, .wait, FormFields(query), subject)
        request.timeouts.total = TriggerNotice.longestWait + .seconds(20)
        request.timeouts.stall = request.timeouts.total
        let response = try await send(request, subject)
        switch response.status {
        case 200: return try decode(response, subject) { json throws(WireError) in try TriggerNotice(json: json) }
        case 204: return nil
        default: throw ControllerError(response, subject)
        }
    }

    /// Hands records of the agent's log to a controller that takes many at once (`ControllerDetails.Feature.logBatch`).
    ///
    /// - Parameter lines: JSON objects, one a line: at most 500 of them and 256 KiB.
    package func log(_ lines: [UInt8], of project: ProjectKey) async throws(ControllerError) {
        let subject = subject("log of \(project)")
        var request = try request(
            .post, .log, FormFields(["project": project.text, "agent": agent.text]), subject)
        request.headers["Content-Type"] = "application/x-ndjson"
        request.body = lines
        let response = try await send(request, subject)
        guard response.status == 202 else { throw ControllerError(response, subject) }
    }

    /// Hands one record of the agent's log to a controller, in the form that those of the reference take.
    package func log(_ fields: FormFields, of project: ProjectKey) async throws(ControllerError) {
        let subject = subject("log of \(project)")
        let request = try request(
            .post, .log, FormFields(["project": project.text, "agent": agent.text]), subject, form: fields)
        let response = try await send(request, subject)
        // 204: it does not care for records of that kind.
        guard response.status == 202 || response.status == 204 else { throw ControllerError(response, subject) }
    }

    /// Hands the figures of a BigBoat dashboard to the controller.
    ///
    /// - Parameters:
    ///   - figures: a JSON list.
    ///   - source: the dashboard's address.
    package func report(figures: String, from source: String, of project: ProjectKey) async throws(ControllerError) {
        let subject = subject("figures of \(project)")
        let request = try request(
            .post, .status, FormFields(["project": project.text, "agent": agent.text]), subject,
            form: FormFields(["status": figures, "source": source]))
        let response = try await send(request, subject)
        guard response.status == 202 else { throw ControllerError(response, subject) }
    }

    /// Asks whether a version is as new as the controller, which also shows what its clock says, and its certificate.
    ///
    /// - Throws: `ControllerError` where no answer came; an answer with any status is a contact.
    package func contact(version: String) async throws(ControllerError) -> ControllerContact {
        let subject = subject("version")
        var request = try request(.get, .version, FormFields(["version": version]), subject)
        request.timeouts = HTTPRequest.Timeouts(total: .seconds(30))
        request.asksForCertificates = true
        let sent = Timestamp.now
        let response = try await send(request, subject)
        let lead = response.headers["Date"].flatMap { Timestamp(httpDate: $0) }
            .map { ControllerContact.lead(date: $0, sent: sent, received: .now) }
        let end = Certificate.end(of: response.certificates)
        guard response.status == 200 else {
            return ControllerContact(
                clockLead: lead, version: .failure(ControllerError(response, subject)), certificateEnd: end)
        }
        do throws(ControllerError) {
            let answer = try decode(response, subject) { json throws(WireError) in try VersionAnswer(json: json) }
            return ControllerContact(clockLead: lead, version: .success(answer), certificateEnd: end)
        } catch {
            return ControllerContact(clockLead: lead, version: .failure(error), certificateEnd: end)
        }
    }

    // MARK: Requests

    private func request(
        _ method: HTTPRequest.Method, _ endpoint: Endpoint, _ query: FormFields, _ subject: String,
        form: FormFields? = nil
    ) throws(ControllerError) -> HTTPRequest {
        let path = paths == .current ? endpoint.path : endpoint.legacyPath
        var request: HTTPRequest
        do throws(HTTPError) {
            request = try HTTPRequest(method, "\(base.origin)\(path)?\(query.query)")
        } catch {
            throw ControllerError(.badAddress, subject, reason: error.cause, cause: .http(error))
        }
        request.trust = trust
        // The largest answer is the list of user name rules of a registration.
        request.responseLimit = 1 << 20
        request.timeouts = HTTPRequest.Timeouts(total: .seconds(120))
        request.headers["Accept"] = "application/json, text/plain"
        if let form {
            request.headers["Content-Type"] = "application/x-www-form-urlencoded"
            request.body = Array(form.body.utf8)
        }
        return request
    }

    private func currentKey(_ subject: String) throws(ControllerError) -> SigningKey {
        do {
            return try key()
        } catch {
            throw ControllerError(.cannotSign, subject, reason: "\(error)")
        }
    }

    /// - Parameter key: of a registration, which says by itself which state directory asks.
    private func send(
        _ request: HTTPRequest, _ subject: String, signedBy key: SigningKey? = nil
    ) async throws(ControllerError) -> HTTPResponse {
        var request = request
        let signer: SigningKey
        if let key {
            signer = key
        } else {
            signer = try currentKey(subject)
            do {
                for (name, value) in try lineage() { request.headers.add(name, value) }
            } catch {
                throw ControllerError(.cannotSign, subject, reason: "\(error)")
            }
        }
        let signed = try sign(request, subject, signer)
        do throws(HTTPError) {
            return try await http.send(signed)
        } catch {
            throw ControllerError(.transport, subject, reason: error.description, cause: .http(error))
        }
    }

    private func sign(
        _ request: HTTPRequest, _ subject: String, _ key: SigningKey
    ) throws(ControllerError) -> HTTPRequest {
        let signable = SignableRequest(
            method: request.method.rawValue, authority: request.address.authority, path: request.address.path,
            query: request.address.query, body: request.body ?? [])
        var signed = request
        do {
            for (name, value) in try RequestSignature.headers(for: signable, agent: agent, key: key) {
                signed.headers.add(name, value)
            }
        } catch {
            throw ControllerError(.cannotSign, subject, reason: "\(error)")
        }
        return signed
    }

    private func decode<Value>(
        _ response: HTTPResponse, _ subject: String, _ read: ([UInt8]) throws(WireError) -> Value
    ) throws(ControllerError) -> Value {
        do throws(WireError) {
            return try read(response.body)
        } catch {
            throw ControllerError(
                .badAnswer, subject, status: response.status, reason: error.description, cause: .wire(error))
        }
    }

    private func subject(_ request: String) -> String { "\(request) at \(base.authority)" }
}
