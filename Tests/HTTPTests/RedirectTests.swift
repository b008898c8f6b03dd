import HTTP
import Synchronization
import TestSupport
import Testing

@Suite struct RedirectTests {
    private let directory: TemporaryDirectory
    private let server: WebServer
    private let client: HTTPClient

    init() throws {
        directory = try TemporaryDirectory()
        server = try WebServer(directory: directory)
        client = try HTTPClient(.init(userAgent: "test/1"))
    }

    private func request(to target: String, status: Int = 302, _ method: HTTPRequest.Method = .get) throws
        -> HTTPRequest
    {
        var request = try server.request("/redirect?s=\(status)&to=\(PercentEncoding.encode(target))", method)
        request.headers = ["PRIVATE-TOKEN": "secret", "Authorization": "secret", "Accept": "text/x-mine"]
        request.redirects = .follow(limit: 3)
        return request
    }

    private func code(_ request: HTTPRequest) async -> HTTPError.Code? {
        do throws(HTTPError) {
            _ = try await client.send(request)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func isTheAnswerUnlessAskedToFollow() async throws {
        var request = try request(to: "/echo")
        request.redirects = .refuse
        let answer = try await client.send(request)
        #expect(answer.status == 302 && answer.headers["Location"] == "/echo")
    }

    @Test func keepsHeadersWithinTheOriginOnly() async throws {
        let here = try await client.send(request(to: "/echo?x"))
        #expect(here.address.path == "/echo")
        #expect(String(decoding: here.body, as: UTF8.self).contains(#"["private-token", "secret"]"#))
        // The same machine under another name is another origin.
        let there = try await client.send(request(to: "http://localhost:\(server.port)/echo"))
        let text = String(decoding: there.body, as: UTF8.self)
        #expect(there.address.host == "localhost" && text.contains("text/x-mine") && !text.contains("secret"))
    }

    @Test(arguments: [(302, "GET", ""), (303, "GET", ""), (307, "POST", "content"), (308, "POST", "content")])
    func keepsOrChangesTheMethod(status: Int, method: String, body: String) async throws {
        var request = try request(to: "/echo", status: status, .post)
        request.body = Array("content".utf8)
        let text = String(decoding: try await client.send(request).body, as: UTF8.self)
        #expect(text.contains(#""method": "\#(method)""#) && text.contains(#""body": "\#(body)""#))
    }

    /// Whoever watches sees what a name resolves to before anything is sent there, and who named it.
    @Test func looksAtTheAddressOfEachConnection() async throws {
        let seen = Mutex<[String]>([])
        let watched = client.watched(
            by: HTTPWatch(
                refusal: { _ in nil },
                addressRefusal: { host, address, isElsewhere in
                    seen.withLock { $0.append("\(host.host) \(isElsewhere)") }
                    return isElsewhere ? "\(address) is not wanted" : nil
                }))
        let sentOn = try request(to: "http://localhost:\(server.port)/echo")
        do throws(HTTPError) {
            _ = try await watched.send(sentOn)
            Issue.record("it was followed")
        } catch {
            #expect(error.code == .notPermitted && error.isPermanent && error.cause.hasSuffix("is not wanted"))
        }
        // A name may have several addresses.
        #expect(seen.withLock { Set($0) } == ["127.0.0.1 false", "localhost true"])
        #expect(try await watched.send(request(to: "/echo")).status == 200)
    }

    @Test func carriesNoContentToAnotherHost() async throws {
        var request = try request(to: "http://localhost:\(server.port)/echo", status: 307, .post)
        request.body = Array("content".utf8)
        #expect(await code(request) == .redirectRefused)
    }

    @Test(arguments: ["http://user:word@localhost/", "ftp://localhost/", "file:///etc/passwd", "http://"])
    func refusesStrangeTargets(target: String) async throws {
        let found = await code(try request(to: target))
        #expect(found == .redirectRefused || found == .badURL)
    }

    @Test func leavesTLSNeverAndLoopsNotForEver() async throws {
        let certificate = try TestCertificate(in: directory, name: "right")
        let secure = try WebServer(certificate: certificate, directory: directory)
        let target = PercentEncoding.encode("http://127.0.0.1:\(server.port)/hello")
        var down = try HTTPRequest(.get, "https://127.0.0.1:\(secure.port)/redirect?to=\(target)")
        down.trust = .certificate(file: certificate.certificate)
        down.transport = .plainAllowed
        down.redirects = .follow(limit: 1)
        #expect(await code(down) == .redirectRefused)
        let inner = PercentEncoding.encode("/redirect?to=/redirect%3Fto%3D/redirect%253Fto%253D/hello")
        #expect(await code(try request(to: "/redirect?to=\(inner)")) == .tooManyRedirects)
    }
}
