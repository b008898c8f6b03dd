import Glibc
import HTTPServer
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ExchangeTests {
    /// Answers with all it knows of the request, a line each.
    private static let echo: WebServer.Handler = { request in
        let fields = request.headers.map { "\($0.name): \($0.value)" }
        let lines = [
            request.method, request.path, request.query ?? "no query", request.authority, request.peer,
            String(decoding: request.body, as: UTF8.self),
        ]
        return HTTPServerResponse(
            200, headers: [("X-Two", "a"), ("X-Two", "b")], body: Array((lines + fields).joined(separator: "\n").utf8))
    }

    @Test(arguments: [RunningServer.Transport.tls, .plain])
    func givesTheRequestAsItWasSent(transport: RunningServer.Transport) async throws {
        let server = try RunningServer(over: transport, handler: Self.echo)
        let (text, status) = try await server.curl(
            "/a%2Fb//../%41?x=%20+&&y=?#z",
            [
                "-X", "PATCH", "-d", "one\ntwo", "-H", "X-B: 1", "-H", "x-a: 2", "-H", "X-B: 3", "-H", "Accept:", "-A",
                "me",
            ])
        let host = "127.0.0.1:\(server.server.port)"
        #expect(status == 0)
        #expect(
            text.split(separator: "\n", omittingEmptySubsequences: false) == [
                "PATCH", "/a%2Fb//../%41", "x=%20+&&y=?", "\(host)", "127.0.0.1", "one", "two", "host: \(host)",
                "user-agent: me", "x-b: 1", "x-a: 2", "x-b: 3", "content-length: 7",
                "content-type: application/x-www-form-urlencoded",
            ])
    }

    @Test func sendsStatusHeadersAndContent() async throws {
        let server = try RunningServer { _ in
            HTTPServerResponse(418, headers: [("X-Two", "a"), ("X-Two", "b")], body: [0, 255, 10])
        }
        let (text, status) = try await server.curl("/", ["-i", "-o", "-"])
        let lines = text.split(separator: "\r\n").map { $0.lowercased() }
        #expect(status == 0)
        #expect(lines.first?.hasPrefix("http/1.1 418 ") == true)
        #expect(lines.filter { $0.hasPrefix("x-two: ") } == ["x-two: a", "x-two: b"])
        #expect(lines.contains("content-length: 3") && lines.contains { $0.hasPrefix("date: ") })
        #expect(!lines.contains { $0.hasPrefix("server:") })
    }

    @Test func answersHeadWithoutContent() async throws {
        let server = try RunningServer { HTTPServerResponse(200, text: $0.method) }
        let (text, status) = try await server.curl("/", ["-I"])
        #expect(status == 0)
        #expect(text.lowercased().contains("content-length: 5\r\n") && text.hasSuffix("\r\n\r\n"))
    }

    @Test func keepsTheConnectionAndItsOrder() async throws {
        let server = try RunningServer(handler: Self.echo)
        let (text, _) = try await server.curl(
            nil, ["-o", "/dev/null", "-w", "%{http_code}/%{num_connects} ", server.url("/[1-5]")])
        #expect(text == "200/1 200/0 200/0 200/0 200/0 ")
    }

    @Test(arguments: [("1.1", false), ("1.2", true), ("1.3", true)])
    func speaksModernTLSOnly(version: String, works: Bool) async throws {
        let server = try RunningServer(handler: Self.echo)
        let (_, status) = try await server.curl(
            "/", ["--tls-max", version, "--tlsv\(version)", "--ciphers", "ALL:@SECLEVEL=0"])
        #expect((status == 0) == works)
    }

    @Test func servesTheCertificateItWasGiven() async throws {
        let server = try RunningServer(handler: Self.echo)
        let other = try RunningServer(handler: Self.echo)
        #expect(try await server.curl(nil, [other.url("/")]).status == 60)
        #expect(try await server.curl(nil, [server.url("/")]).status == 0)
    }

    @Test func anAnswerThatCannotBeSentIsAFault() async throws {
        let said = Mutex<[String]>([])
        let server = try RunningServer(change: { $0.log = { line in said.withLock { $0.append(line) } } }) { request in
            switch request.path {
            case "/status": HTTPServerResponse(99)
            case "/break": HTTPServerResponse(200, headers: [("X", "a\r\nSet-Cookie: b")])
            default: HTTPServerResponse(200, headers: [("", "a")])
            }
        }
        for path in ["/status", "/break", "/name"] {
            let (text, _) = try await server.curl(path, ["-o", "/dev/null", "-w", "%{http_code}"])
            #expect(text == "500")
        }
        #expect(said.withLock { $0.filter { $0.contains("cannot be sent") }.count } == 3)
    }

    @Test func requestsShowNoSecrets() {
        let request = HTTPServerRequest(
            method: "GET", path: "/a", query: "secret", headers: [("authorization", "secret")],
            body: Array("secret".utf8))
        #expect("\(request)" == "GET /a" && !String(reflecting: request).contains("secret"))
        var dumped = ""
        dump(request, to: &dumped)
        #expect(!dumped.contains("secret"))
    }
}
