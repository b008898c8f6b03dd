import ControllerAPI
import ControllerClient
import Cryptography
import HTTP
import TestSupport
import Testing

@Suite struct ControllerClientTests {
    private let directory: TemporaryDirectory
    private let controller: ScriptedController
    private let client: ControllerClient
    private let key: SigningKey
    private let project: ProjectKey

    init() throws {
        directory = try TemporaryDirectory()
        controller = try ScriptedController(in: directory)
        key = try SigningKey.generate()
        project = try ProjectKey("DEMO")
        client = try ControllerClient(
            controller.address, trust: .certificate(file: controller.certificate.certificate), agent: AgentKey("AGENT"),
            key: key, http: HTTPClient(.init(userAgent: "gatherer/1")))
    }

    /// Checks the signature of the only request as a controller would, and returns its parameters.
    private func verified() throws -> (request: ScriptedController.Request, query: FormFields, form: FormFields) {
        let requests = try controller.requests()
        let request = try #require(requests.first)
        #expect(requests.count == 1)
        let fields = request.headers.map { (name: $0[0], value: $0[1]) }
        let host = try #require(fields.first { $0.name == "Host" }?.value)
        let signature = try RequestSignature(
            of: SignableRequest(
                method: request.method, authority: host, path: request.path, query: request.query, fields: fields,
                body: Array(request.body.utf8)))
        try signature.verify(by: key.publicKey)
        #expect(signature.agent.text == "AGENT")
        return (request, try FormFields(query: request.query), try FormFields(body: Array(request.body.utf8)))
    }

    @Test func registersTheKeyWithTheToken() async throws {
        try controller.answer("/auth/agent", [(200, #"{"salts":{"salt":"a","pepper":"b"},"extra":1}"#)])
        let answer = try await client.register(project, token: "one-time")
        #expect(answer.salts == Salts(salt: "a", pepper: "b") && answer.controller == nil)
        let (request, query, form) = try verified()
        #expect(request.method == "POST" && request.path == "/auth/agent")
        #expect(try query.required("project") == "DEMO" && query.required("agent") == "AGENT")
        #expect(try form.required("public_key") == key.publicKey.openSSH())
        #expect(request.headers.contains(["Authorization", "Bearer one-time"]))
        #expect(request.headers.contains(["User-Agent", "gatherer/1"]))
    }

    @Test func reportsTheFiguresOfADashboard() async throws {
        try controller.answer("/auth/status", [(202, "")])
        try await client.report(figures: #"[{"name": "ü"}]"#, from: "https://dash.test", of: project)
        let (request, query, form) = try verified()
        #expect(request.method == "POST" && request.path == "/auth/status")
        #expect(try query.required("project") == "DEMO" && form.required("status") == #"[{"name": "ü"}]"#)
        #expect(try form.required("source") == "https://dash.test")
    }

    @Test(arguments: [200, 503])
    func takesBothKindsOfStatusForAnAnswer(status: Int) async throws {
        let expected = StatusAnswer([StatusPart(.tracker, isOK: status == 200, message: "later")])
        try controller.answer("/auth/status", [(status, String(decoding: expected.json(), as: UTF8.self))])
        #expect(try await client.status(project) == expected)
        let (request, query, _) = try verified()
        #expect(request.method == "GET" && request.body.isEmpty)
        #expect(try query.required("project") == "DEMO")
    }

    @Test func tellsA503OfTheControllerFromOneOfAProxy() async throws {
        try controller.answer("/auth/status", [(503, "<html>try later</html>")])
        await #expect { try await client.status(project) } throws: {
            ($0 as? ControllerError)?.code == .unavailable && ($0 as? ControllerError)?.retryAfter == .seconds(7)
        }
    }

    @Test func announcesABundleAndReturnsTheReceipt() async throws {
        let run = RunID()
        let digest = SHA256.digest(of: [1])
        let receiptKey = try SigningKey.generate()
        let receipt = try Receipt.signed(
            agent: client.agent, project: project, run: run, manifest: digest, by: receiptKey)
        try controller.answer("/auth/export", [(202, String(decoding: receipt.json(), as: UTF8.self))])
        let announcement = try BundleAnnouncement(
            run: run, parts: [.init(name: "001.cms", size: 5, sha256: digest)], manifest: digest,
            signature: [UInt8](repeating: 1, count: 64))
        let notification = ExportNotification(
            agent: .init(user: "u", key: "AGENT", hostname: "h", version: "1"), files: .init(bundle: announcement))
        #expect(try await client.announce(notification, of: project) == receipt)
        let (request, query, form) = try verified()
        #expect(request.path == "/auth/export")
        #expect(try query.required("project") == "DEMO")
        #expect(try ExportNotification(fields: form) == notification)
    }

    @Test(arguments: [
        (400, ControllerError.Code.badRequest, true), (401, .notAuthenticated, true), (403, .forbidden, true),
        (404, .notFound, true), (409, .conflict, true), (413, .tooLarge, true), (422, .rejected, true),
        (429, .tooManyRequests, false), (500, .unavailable, false), (302, .unexpectedStatus, true),
        (200, .unexpectedStatus, true),
    ])
    func hasAnErrorForEachStatus(status: Int, code: ControllerError.Code, isPermanent: Bool) async throws {
        try controller.answer(
            "/auth/export", [(status, "no,\u{1B}[31m\n because\u{202E} of it" + String(repeating: "!", count: 9999))])
        let notification = ExportNotification(agent: nil, files: nil)
        do {
            _ = try await client.announce(notification, of: project)
            Issue.record("accepted")
        } catch {
            #expect(error.code == code && error.isPermanent == isPermanent && error.status == status)
            #expect(error.reason.hasPrefix("no, [31m because of it!!!") && error.reason.count <= 500)
            #expect(error.description.contains("status \(status)") && error.description.contains("DEMO"))
        }
    }

    @Test(arguments: ["", "{}", "[]", #"{"salts":{"salt":"secret"}}"#, #"{"salts":"#])
    func refusesABrokenAnswerWithoutQuotingIt(body: String) async throws {
        try controller.answer("/auth/agent", [(200, body)])
        do {
            _ = try await client.register(project)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .badAnswer && !"\(error)".contains("secret"))
        }
    }

    @Test func trustsNoOtherCertificate() async throws {
        let other = try TestCertificate(in: directory, name: "other")
        let client = try ControllerClient(
            controller.address, trust: .certificate(file: other.certificate), agent: AgentKey("AGENT"), key: key,
            http: HTTPClient(.init(userAgent: "gatherer/1")))
        do {
            _ = try await client.register(project, token: "one-time")
            Issue.record("accepted")
        } catch {
            #expect(error.code == .transport && error.isPermanent && error.advice != nil)
            guard case .http(let cause) = error.cause else {
                Issue.record("no cause")
                return
            }
            #expect(cause.code == .certificateNotTrusted && !"\(error)".contains("one-time"))
        }
        #expect(try controller.requests().isEmpty)
    }

    @Test func usesTheReferencesPathsWhenTold() async throws {
        let client = try ControllerClient(
            controller.address, trust: .certificate(file: controller.certificate.certificate), agent: AgentKey("AGENT"),
            key: key, http: HTTPClient(.init(userAgent: "gatherer/1")), paths: .legacy)
        try controller.answer("/auth/agent.py", [(200, #"{"salts":{"salt":"a","pepper":"b"}}"#)])
        _ = try await client.register(project)
        #expect(try verified().request.path == "/auth/agent.py")
    }

    @Test(arguments: ["", "host/path", "host#x", "host?x", "user@host", "https://host", "host:port", "two words"])
    func refusesWhatIsNoHost(text: String) throws {
        let http = try HTTPClient(.init(userAgent: "gatherer/1"))
        let agent = try AgentKey("AGENT")
        #expect(throws: ControllerError.self) {
            try ControllerClient(text, trust: .system, agent: agent, key: key, http: http)
        }
    }
}
