package import ControllerAPI
package import Cryptography
package import HTTP

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
    private let key: SigningKey
    private let trust: HTTPRequest.Trust
    private let paths: Paths
    private let http: HTTPClient

    /// - Parameters:
    ///   - controller: `host` or `host:port`.
    ///   - trust: in general the one certificate file that the operator was given.
    /// - Throws: `ControllerError` `badAddress`.
    package init(
        _ controller: String, trust: HTTPRequest.Trust, agent: AgentKey, key: SigningKey, http: HTTPClient,
        paths: Paths = .current
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

    /// Registers the agent's public key for a project and returns what the agent needs for it.
    ///
    /// - Parameter token: The one-time token of an enrolment that is not finished yet.
    package func register(_ project: ProjectKey, token: String? = nil) async throws(ControllerError)
        -> RegistrationAnswer
    {
        let subject = subject("registration of \(project)")
        var request = try request(
            .post, .agent, FormFields(["project": project.text, "agent": agent.text]), subject,
            form: FormFields(["public_key": key.publicKey.openSSH()]))
        if let token { request.headers["Authorization"] = "Bearer \(token)" }
        let response = try await send(request, subject)
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
        let subject = subject("export of \(project)")
        let fields: FormFields
        do throws(WireError) {
            fields = try notification.fields()
        } catch {
            throw ControllerError(.badRequest, subject, reason: error.description, cause: .wire(error))
        }
        var request = try request(.post, .export, FormFields(["project": project.text]), subject, form: fields)
        // The controller reads and opens the whole upload before it answers.
        request.timeouts.stall = .seconds(900)
        request.timeouts.total = .seconds(1200)
        let response = try await send(request, subject)
        guard response.status == 202 else { throw ControllerError(response, subject) }
        return try decode(response, subject) { json throws(WireError) in try Receipt(json: json) }
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

    private func send(_ request: HTTPRequest, _ subject: String) async throws(ControllerError) -> HTTPResponse {
        let signed = try sign(request, subject)
        do throws(HTTPError) {
            return try await http.send(signed)
        } catch {
            throw ControllerError(.transport, subject, reason: error.description, cause: .http(error))
        }
    }

    private func sign(_ request: HTTPRequest, _ subject: String) throws(ControllerError) -> HTTPRequest {
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
