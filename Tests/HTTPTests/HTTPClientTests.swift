import Blocking
import Glibc
import HTTP
import TestSupport
import Testing

@Suite struct HTTPClientTests {
    /// For the tests that look at answers only: starting a server for each of forty cases takes longer than all the rest.
    private static let shared = Result { try WebServer(directory: TemporaryDirectory()) }

    private let client: HTTPClient

    init() throws { client = try HTTPClient(.init(userAgent: "test/1")) }

    private var server: WebServer { get throws { try Self.shared.get() } }

    /// One whose connections and output nobody else has to do with.
    private func ownServer() throws -> WebServer { try WebServer(directory: TemporaryDirectory()) }

    private func error(_ request: HTTPRequest) async -> HTTPError? {
        do throws(HTTPError) {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .patch, .delete])
    func sendsMethodHeadersAndContentAsGiven(method: HTTPRequest.Method) async throws {
        var request = try server.request("/echo?a=b%20c", method)
        request.headers = ["X-One": "1", "X-Empty": "", "Content-Type": "text/plain"]
        request.body = Array("content".utf8)
        let answer = try await client.send(request)
        #expect(answer.status == 200)
        #expect(answer.headers.values(of: "x-TWICE") == ["a", "b"])
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text.contains(#""method": "\#(method.rawValue)", "target": "/echo?a=b%20c""#))
        #expect(text.contains(#"["x-one", "1"]"#) && text.contains(#"["x-empty", ""]"#))
        #expect(text.contains(#"["content-type", "text/plain"]"#) && text.contains(#""body": "content""#))
        #expect(text.contains(#"["user-agent", "test/1"]"#) && text.contains("gzip"))
        #expect(!text.contains("expect"))
    }

    @Test func sendsAnEmptyPostAndReadsAHead() async throws {
        let post = try await client.send(server.request("/echo", .post))
        #expect(String(decoding: post.body, as: UTF8.self).contains(#"["content-length", "0"]"#))
        let head = try await client.send(server.request("/bytes?n=5", .head))
        #expect(head.headers["Content-Length"] == "5" && head.body.isEmpty)
    }

    @Test(arguments: [200, 202, 304, 404, 503])
    func everyStatusIsAnAnswer(status: Int) async throws {
        #expect(try await client.send(server.request("/status?s=\(status)")).status == status)
    }

    @Test func usesAConnectionAgain() async throws {
        let server = try ownServer()
        let start = ContinuousClock.now
        var used: [Bool] = []
        for _ in 0..<6 { used.append(try await client.send(server.request("/hello")).usedOpenConnection) }
        let connections = try await client.send(server.request("/connections")).body
        // libcurl closes one of which nobody wanted anything for two minutes: a busy machine may keep this test waiting.
        guard ContinuousClock.now - start < .seconds(100) else { return }
        #expect(used == [false, true, true, true, true, true])
        #expect(connections == Array("1".utf8))
    }

    @Test func decompresses() async throws {
        let answer = try await client.send(server.request("/gzip?n=5000"))
        #expect(answer.body == [UInt8](repeating: UInt8(ascii: "x"), count: 5000))
    }

    @Test(arguments: [
        ("/bytes?n=1000", nil), ("/bytes?n=1001", HTTPError.Code.tooLarge), ("/chunked?n=2", .tooLarge),
        ("/gzip?n=100000", .tooLarge), ("/manyheaders", .tooLarge), ("/truncated", .brokenConnection),
        ("/chunked?n=0&cut=1", .brokenConnection), ("/nothing", .brokenConnection), ("/garbage", .badAnswer),
    ])
    func refusesWhatIsTooLargeOrIncomplete(path: String, expected: HTTPError.Code?) async throws {
        var request = try server.request(path)
        request.responseLimit = 1000
        #expect(await error(request)?.code == expected)
    }

    @Test func sendsManyAtOnceWithinTheLimitOfAnOrigin() async throws {
        var configuration = HTTPClient.Configuration(userAgent: "test/1")
        configuration.requestsPerOrigin = 10
        let server = try ownServer()
        let client = try HTTPClient(configuration)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            // The server answers ten at a time only.
            for _ in 0..<200 {
                let request = try server.request("/together")
                group.addTask { try await client.send(request).status }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == [Int](repeating: 200, count: 200))
        let connections = try await client.send(server.request("/connections")).body
        #expect(Int(String(decoding: connections, as: UTF8.self)) ?? 99 <= 10)
    }

    @Test func cancellingEndsTheTransferAndTheOnesThatWait() async throws {
        var configuration = HTTPClient.Configuration(userAgent: "test/1")
        configuration.requestsPerOrigin = 1
        let server = try ownServer()
        let client = try HTTPClient(configuration)
        let requests = try (0..<3).map { try server.request("/hang?\($0)") }
        let other = try server.request("/hello")
        let codes = await withTaskGroup(of: HTTPError.Code?.self) { group in
            for request in requests {
                group.addTask {
                    do throws(HTTPError) {
                        _ = try await client.send(request)
                        return nil
                    } catch {
                        return error.code
                    }
                }
            }
            // Not on the pool's threads, which the requests need as well.
            _ = try? await blocking { _ in try server.process.line(containing: "hanging") }
            group.cancelAll()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == [.cancelled, .cancelled, .cancelled])
        // The server sees the connection end, and the client goes on.
        _ = try await blocking { _ in try server.process.line(containing: "gone") }
        #expect(try await client.send(other).status == 200)
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let server = try ownServer()
        let request = try server.request("/hello")
        let task = Task { [client] in
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try await client.send(request)
        }
        await #expect(throws: HTTPError.self) { try await task.value }
        #expect(try await client.send(server.request("/connections")).body == Array("1".utf8))
    }

    @Test func timesOut() async throws {
        var request = try server.request("/trickle")
        request.timeouts.total = .milliseconds(300)
        let late = await error(request)
        #expect(late?.code == .timedOut, "\(String(describing: late))")
        request = try server.request("/stall")
        request.timeouts.stall = .seconds(1)
        #expect(await error(request)?.code == .stalled)
        // A listener that never accepts, so that the handshake gets no answer.
        let silent = try SilentListener()
        request = try HTTPRequest(.get, "https://127.0.0.1:\(silent.port)/")
        request.timeouts.connect = .milliseconds(300)
        #expect(await error(request)?.code == .timedOut)
    }

    @Test func tellsWhereItFailedButNoSecret() async throws {
        let silent = try SilentListener()
        let port = silent.port
        silent.end()
        var request = try HTTPRequest(.get, "http://127.0.0.1:\(port)/path?token=secret")
        request.headers = ["Authorization": "secret"]
        request.transport = .plainAllowed
        #expect(!"\(request)\(String(reflecting: request))".contains("secret"))
        var dumped = ""
        dump(request, to: &dumped)
        #expect(!dumped.contains("secret"))
        do throws(HTTPError) {
            _ = try await client.send(request)
            Issue.record("sent")
        } catch {
            #expect(error.code == .cannotConnect && !error.isPermanent && error.advice != nil)
            #expect(error.description.contains("127.0.0.1:\(port)/path"))
            #expect(!"\(error) \(error.cause) \(error.subject)".contains("secret"))
        }
        request = try HTTPRequest(.get, "https://no-such-host.invalid/")
        #expect(await error(request)?.code == .cannotResolve)
    }

    @Test func sendsPlainHTTPOnlyWhenAllowed() async throws {
        var request = try server.request("/hello")
        request.transport = .secureOnly
        #expect(await error(request)?.code == .badURL)
    }

    @Test(arguments: [("X-A", "b\r\nX-C: d"), ("X A", "b"), ("", "b"), ("X-A\n", "b"), ("X-A", "b\0c")])
    func refusesHeadersThatWouldBecomeSeveral(name: String, value: String) async throws {
        var request = try server.request("/echo")
        request.headers.add(name, value)
        #expect(await error(request)?.code == .badHeader)
    }

    @Test func sleepsWhileIdleAndEndsItsThreadWithTheClient() async throws {
        // Other tests make and drop clients meanwhile: one of the threads that are new now is ours.
        let known = Set(Self.threads())
        var client: HTTPClient? = try HTTPClient(.init(userAgent: "idle/1"))
        _ = try await client?.send(server.request("/hello"))
        let switches = Self.contextSwitches(of: Set(Self.threads()).subtracting(known))
        // Others' requests, which take their time, do not wake this client's thread.
        for _ in 0..<20 { _ = try await self.client.send(server.request("/hello")) }
        let later = Self.contextSwitches(of: Set(switches.keys))
        let idle = later.filter { thread, count in count <= switches[thread, default: 0] + 2 }.keys
        #expect(!idle.isEmpty)
        client = nil
        #expect(!Self.threads().contains { idle.contains($0) } || idle.count > 1)
    }

    /// The threads of this process that belong to clients, newest last.
    private static func threads() -> [Int] {
        guard
            let names = try? Peer.run(
                "/bin/sh", ["-c", "cd /proc/$0/task && grep -slx http */comm || true", "\(getpid())"])
        else { return [] }
        return names.split(separator: "\n").compactMap { Int($0.prefix { $0 != "/" }) }.sorted()
    }

    /// How often each thread gave up its processor; those that ended meanwhile are left out.
    private static func contextSwitches(of threads: Set<Int>) -> [Int: Int] {
        var counts: [Int: Int] = [:]
        for thread in threads {
            let script = "grep -s ^voluntary /proc/$0/task/$1/status || true"
            guard let text = try? Peer.run("/bin/sh", ["-c", script, "\(getpid())", "\(thread)"]) else { continue }
            counts[thread] = Int(text.filter(\.isNumber))
        }
        return counts
    }
}

/// A listening socket that accepts nothing.
final class SilentListener: Sendable {
    let port: UInt16
    private let socket: Int32

    init() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = unsafe bind(socket, pointer, length)
                _ = listen(socket, 16)
                _ = unsafe getsockname(socket, pointer, &length)
            }
        }
        self.socket = socket
        port = UInt16(bigEndian: address.sin_port)
    }

    func end() { shutdown(socket, Int32(SHUT_RDWR)) }

    deinit { close(socket) }
}
