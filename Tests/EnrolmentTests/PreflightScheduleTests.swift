import ControllerAPI
import ControllerClient
import Cryptography
import Enrolment
import HTTP
import TestSupport
import Testing

/// What somebody asks for now is gathered although it is too early for the controller's schedule, and for no other reason.
@Suite struct PreflightScheduleTests {
    private let directory: TemporaryDirectory
    private let controller: ScriptedController
    private let client: ControllerClient

    init() throws {
        directory = try TemporaryDirectory()
        controller = try ScriptedController(in: directory)
        client = try ControllerClient(
            controller.address, trust: .certificate(file: controller.certificate.certificate),
            agent: AgentKey("DEMO"), key: SigningKey.generate(),
            http: HTTPClient(HTTPClient.Configuration(userAgent: "test")))
    }

    private func check(failing parts: [StatusPart.Name], asked: Bool, trigger: Int? = nil) async throws
        -> PreflightReport
    {
        let answer = StatusAnswer(StatusPart.Name.known.map { StatusPart($0, isOK: !parts.contains($0)) })
        try controller.answer(
            "/auth/status", [(answer.httpStatus, String(decoding: try answer.json(), as: UTF8.self))])
        var options = Preflight.Options()
        options.checksSecrets = false
        options.ignoresSchedule = asked
        options.trigger = trigger
        return try await Preflight(options, home: directory.path, secrets: SecretsFiles(home: directory.path))
            .check(ProjectKey("DEMO"), asking: client)
    }

    @Test(arguments: [[StatusPart.Name.tracker], [.tracker, .configuration]])
    func passesOverTheSchedule(parts: [StatusPart.Name]) async throws {
        #expect(try await check(failing: parts, asked: true).clearance != nil)
        let unasked = try await check(failing: parts, asked: false)
        #expect(unasked.clearance == nil && unasked.isNotNow)
    }

    @Test(arguments: [
        [StatusPart.Name.lock], [.network], [.tracker, .network], [.tracker, .lock, .configuration], [.configuration],
        [.importer], [.permissions, .tracker],
    ])
    func passesOverNothingElse(parts: [StatusPart.Name]) async throws {
        #expect(try await check(failing: parts, asked: true).clearance == nil)
    }

    @Test func saysWhichWishItFollows() async throws {
        _ = try await check(failing: [], asked: true, trigger: 7)
        #expect(try controller.requests().map(\.query) == ["project=DEMO&agent=DEMO&triggered=7"])
    }
}
