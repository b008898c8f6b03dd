import Files
import HTTPServer
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct LimitTests {
    private static let size: WebServer.Handler = { HTTPServerResponse(200, text: "\($0.body.count)") }

    @Test(arguments: [
        (1000, ["-H", "Expect:"], "200"), (1001, ["-H", "Expect:"], "413"),
        (1001, ["-H", "Expect: 100-continue"], "413"),
        (1000, ["-H", "Transfer-Encoding: chunked"], "200"), (1001, ["-H", "Transfer-Encoding: chunked"], "413"),
        (3 << 20, ["-H", "Expect:"], "413"), (3 << 20, ["-H", "Transfer-Encoding: chunked", "-H", "Expect:"], "413"),
        (1 << 24, ["-H", "Expect: 100-continue"], "413"),
    ])
    func limitsContent(count: Int, arguments: [String], expected: String) async throws {
        let server = try RunningServer(change: { $0.limits.bodyBytes = 1000 }, handler: Self.size)
        let directory = try TemporaryDirectory()
        try Files.write([UInt8](repeating: 120, count: count), to: "\(directory.path)/body")
        let (text, status) = try await server.curl(
            "/", arguments + ["--data-binary", "@\(directory.path)/body", "-o", "/dev/null", "-w", "%{http_code}"])
        #expect(text == expected && status == 0)
    }

    @Test func anEndlessUploadIsCutOff() async throws {
        let server = try RunningServer(change: { $0.limits.bodyBytes = 1000 }, handler: Self.size)
        let (_, status) = try await server.curl("/", ["-T", "/dev/zero", "-X", "POST"])
        #expect(status != 0)
        #expect(try await server.curl("/").text == "0\n")
    }

    @Test func limitsContentOfAllRequestsTogether() async throws {
        let gate = Gate()
        let server = try RunningServer(change: { $0.limits.bodyBytesInAll = 1500 }) { request in
            if request.path == "/wait" { _ = await gate.pass() }
            return HTTPServerResponse(200, text: "\(request.body.count)")
        }
        let body = String(repeating: "x", count: 1000)
        let first = try server.start("/wait", ["-d", body])
        await gate.arrived(1)
        let status = ["-o", "/dev/null", "-w", "%{http_code}"]
        #expect(try await server.curl("/", ["-d", body] + status).text == "503")
        #expect(try await server.curl("/", ["-d", "x"] + status).text == "200")
        gate.open()
        #expect(try await rest(first) == "1000\n")
        #expect(try await server.curl("/", ["-d", body] + status).text == "200")
    }

    @Test func limitsHeaders() async throws {
        let server = try RunningServer(handler: Self.size)
        let status = ["-o", "/dev/null", "-w", "%{http_code}"]
        let fits = String(repeating: "x", count: 16 << 10)
        let large = String(repeating: "x", count: 40 << 10)
        #expect(try await server.curl("/", ["-H", "X-A: \(fits)"] + status).text == "200")
        #expect(try await server.curl("/", ["-H", "X-A: \(large)"] + status).text == "431")
        #expect(try await server.curl("/\(large)", status).text == "414")
    }

    @Test(arguments: [
        #"GET / HTTP/1.1\r\n\r\n"#, #"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"#,
        #"GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n"#, #"GET http://a/ HTTP/1.1\r\n\r\n"#,
        #"GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"#, #"GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"#,
        #"GET http:/// HTTP/1.1\r\nHost: \r\n\r\n"#, #"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"#,
        #"GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n"#, #"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"#,
        #"GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n"#,
        #"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"#,
        #"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nx"#,
        #"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"#,
        #"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nx"#,
    ])
    func refusesAmbiguousRequests(request: String) async throws {
        let server = try RunningServer(over: .plain, handler: Self.size)
        let answer = try await server.send(request)
        #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
    }

    @Test func takesATargetThatNamesTheHost() async throws {
        let server = try RunningServer(over: .plain) { request in
            HTTPServerResponse(200, text: "\(request.authority) \(request.path) \(request.query ?? "-")")
        }
        let first = try await server.send(#"GET https://A:1/b?c=http://d/ HTTP/1.1\r\nHost: a:1\r\n\r\n"#)
        #expect(first.hasSuffix("\r\n\r\na:1 /b c=http://d/\n"), "\(first)")
        let second = try await server.send(#"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"#)
        #expect(second.hasSuffix("\r\n\r\na / -\n"), "\(second)")
    }

    @Test func answersAnHTTP10ClientWithoutHost() async throws {
        let server = try RunningServer(over: .plain) { HTTPServerResponse(200, text: "[\($0.authority)]") }
        #expect(try await server.send(#"GET / HTTP/1.0\r\n\r\n"#).hasSuffix("[]\n"))
    }

    @Test(arguments: [
        "", #"GET / HTTP/1.1\r\nHost: a\r\n"#, #"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"#,
    ])
    func silentClientsAreCutOff(beginning: String) async throws {
        let server = try RunningServer(over: .plain, change: { $0.timeouts.idle = .seconds(1) }, handler: Self.size)
        let answer = try await server.send(beginning)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 408 "))
        #expect(try await server.curl("/").text == "0\n")
    }

    @Test(arguments: [RunningServer.Transport.plain, .tls])
    func tricklingClientsAreCutOff(transport: RunningServer.Transport) async throws {
        let server = try RunningServer(
            over: transport, change: { $0.timeouts.request = .seconds(1) }, handler: Self.size)
        // Never a pause that is long, never an end; over TLS the handshake never begins.
        let trickle = "while printf 'X: y\\r\\n' >&3 2>/dev/null; do sleep 0.05; done;"
        #expect(try await server.send(#"GET / HTTP/1.1\r\nHost: a\r\n"#, then: trickle).isEmpty)
        #expect(try await server.curl("/").text == "0\n")
    }

    @Test func limitsConnectionsOfOneClient() async throws {
        let gate = Gate()
        let server = try RunningServer(change: { $0.limits.connectionsPerPeer = 2 }) { _ in
            _ = await gate.pass()
            return HTTPServerResponse(200, text: "fine")
        }
        let waiting = try [server.start("/"), server.start("/")]
        await gate.arrived(2)
        #expect(try await server.curl("/").status == 35)
        gate.open()
        for program in waiting { #expect(try await rest(program) == "fine\n") }
        // The connections are counted until the server has seen their ends.
        while try await server.curl("/").status != 0 {}
    }
}
