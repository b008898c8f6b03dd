import HTTPServer
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct WaitingTests {
    private static let manyClients = 300

    private static func waiting(at gate: Gate) -> WebServer.Handler {
        { _ in
            let isFine = await gate.pass()
            return HTTPServerResponse(200, text: isFine ? "fine" : "cancelled")
        }
    }

    @Test func manyWaitAtOnceAndAreAnsweredTogether() async throws {
        let gate = Gate()
        let server = try RunningServer(change: { $0.limits.connectionsPerPeer = 400 }, handler: Self.waiting(at: gate))
        let program = try server.start(
            nil,
            ["--parallel", "--parallel-immediate", "--parallel-max", "\(Self.manyClients)", "-o", "/dev/null", "-w"]
                + ["%{http_code}\n", server.url("/[1-\(Self.manyClients)]")])
        await gate.arrived(Self.manyClients)
        gate.open()
        let text = try await rest(program)
        #expect(text.split(separator: "\n").filter { $0 == "200" }.count == Self.manyClients)
    }

    @Test func stoppingWaitsForAnswersAndTakesNothingNew() async throws {
        let gate = Gate()
        let server = try RunningServer { request in
            let isFine = request.path != "/wait" ? true : await gate.pass()
            return HTTPServerResponse(200, text: isFine ? "fine" : "cancelled")
        }
        let program = try server.start("/wait")
        await gate.arrived(1)
        async let stopped: Void = server.server.stop(within: .seconds(60))
        // 7 is curl's status for a refused connection.
        while try await server.curl("/").status != 7 {}
        gate.open()
        await stopped
        #expect(try await rest(program) == "fine\n")
    }

    @Test func stoppingGivesUpWhatTakesTooLong() async throws {
        let gate = Gate()
        let server = try RunningServer(handler: Self.waiting(at: gate))
        let programs = try (0..<10).map { _ in try server.start("/", ["-w", "%{http_code}", "-o", "/dev/null"]) }
        await gate.arrived(10)
        await server.server.stop(within: .milliseconds(50))
        await gate.cancelled(10)
        for program in programs { #expect(try await rest(program) == "503") }
        await server.server.stop(within: .seconds(60))
    }

    @Test func aServerThatIsForgottenEnds() async throws {
        let gate = Gate()
        var server: RunningServer? = try RunningServer(handler: Self.waiting(at: gate))
        let programs = try (0..<10).compactMap { _ in try server?.start("/") }
        await gate.arrived(10)
        server = nil
        await gate.cancelled(10)
        for program in programs { _ = try await rest(program) }
    }

    @Test(arguments: [RunningServer.Transport.tls, .plain])
    func aClientThatHangsUpEndsItsHandler(transport: RunningServer.Transport) async throws {
        let gate = Gate()
        let server = try RunningServer(over: transport) { request in
            if request.path == "/wait" { _ = await gate.pass() }
            return HTTPServerResponse(200, text: "fine")
        }
        let programs = try (0..<10).map { _ in try server.start("/wait") }
        await gate.arrived(10)
        for program in programs { program.kill() }
        await gate.cancelled(10)
        #expect(try await server.curl("/").text == "fine\n")
        await server.server.stop(within: .seconds(60))
    }

    @Test func clientsThatComeAndGoDoNoHarm() async throws {
        let server = try RunningServer(change: { $0.timeouts.inspection = .milliseconds(1) }) { request in
            for _ in 0..<(request.body.count % 7) { await Task.yield() }
            return HTTPServerResponse(200, body: [UInt8](repeating: 120, count: 300_000))
        }
        for round in 0..<20 {
            let programs = try (0..<8).map { number in
                try server.start(
                    "/",
                    ["-d", String(repeating: "x", count: number), "-o", "/dev/null", "--max-time", "0.0\(number + 1)"])
            }
            if round % 2 == 0 { programs.prefix(4).forEach { $0.kill() } }
            for program in programs.dropFirst(4) { _ = try await rest(program) }
        }
        #expect(try await server.curl("/", ["-o", "/dev/null", "-w", "%{size_download}"]).text == "300000")
        await server.server.stop(within: .seconds(60))
    }

    @Test func stoppingInTheMiddleOfManyRequestsDoesNoHarm() async throws {
        for round in 0..<5 {
            let server = try RunningServer { _ in
                await Task.yield()
                return HTTPServerResponse(200, text: "fine")
            }
            let program = try server.start(
                nil, ["--parallel", "--parallel-max", "20", "-o", "/dev/null", server.url("/[1-2000]")])
            while try await server.curl("/").status != 0 {}
            if round < 3 { await server.server.stop(within: .milliseconds(round * 20)) }
            withExtendedLifetime(server) {}
            program.kill()
        }
    }
}
