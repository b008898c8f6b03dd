import ControllerAPI
import ControllerClient
import Cryptography
import HTTP
import Logging
import RemoteLogging
import TestSupport
import Testing

@Suite struct RemoteLogTests {
    private let directory: TemporaryDirectory
    private let controller: ScriptedController
    private let client: ControllerClient
    private let log: RemoteLog
    private let logger: Logger

    init() throws {
        directory = try TemporaryDirectory()
        controller = try ScriptedController(in: directory)
        client = try ControllerClient(
            controller.address, trust: .certificate(file: controller.certificate.certificate),
            agent: AgentKey("DEMO"), key: SigningKey.generate(),
            http: HTTPClient(HTTPClient.Configuration(userAgent: "test")))
        log = RemoteLog(project: try ProjectKey("DEMO"), pause: .zero)
        logger = Logger([log])
    }

    private func flush(_ form: RemoteLog.Form) async throws { try await log.flush { _ in (client, form) } }

    @Test func sendsManyRecordsAtOnce() async throws {
        try controller.answer("/auth/log", [(202, "")])
        for number in 0..<700 { logger.warning("a source failed", ["number": .integer(number)]) }
        logger.with(["project.key": "OTHER"]).error("a table failed")
        logger.info("nothing special")
        try await flush(.batch)
        let requests = try controller.requests()
        #expect(
            requests.map(\.query) == ["project=DEMO&agent=DEMO", "project=DEMO&agent=DEMO", "project=OTHER&agent=DEMO"])
        let lines = requests.map { $0.body.split(separator: "\n").count }
        #expect(lines == [500, 200, 1])
        #expect(requests.allSatisfy { $0.body.utf8.count <= 256 << 10 })
        #expect(requests[0].body.contains(#""message":"a source failed  number=0""#))
        #expect(requests[2].body.contains(#""levelname":"ERROR""#))
        #expect(log.count == 0)
    }

    @Test func speaksTheReferencesFormToItsControllers() async throws {
        try controller.answer("/auth/log", [(202, ""), (204, "")])
        logger.warning("one & one", ["source.name": "demo"])
        logger.error("two")
        try await flush(.single)
        let forms = try controller.requests().map { try FormFields(body: Array($0.body.utf8)) }
        #expect(forms.count == 2)
        #expect(try forms[0].value("message") == "one & one  source.name=demo")
        #expect(try forms[0].value("levelname") == "WARNING")
        #expect(try forms[0].value("levelno") == "30")
        #expect(try forms[1].value("levelno") == "40")
        let asctime = try #require(try forms[0].value("asctime"))
        #expect(asctime.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}/) != nil)
    }

    @Test func saysNothingPersonalAndNoSecrets() async throws {
        try controller.answer("/auth/log", [(202, "")])
        logger.warning(
            "the source could not be gathered",
            [
                "source.name": "demo of ann@people.test", "error.text": "no commit of Ann Example <ann@people.test>",
                "url": "https://ann:hunter2@git.example/", "attempt.number": 3,
            ])
        try await flush(.batch)
        let body = try controller.requests()[0].body
        #expect(body.contains("source.name=demo of <address>") && body.contains("attempt.number=3"), "\(body)")
        for secret in ["Ann", "people.test", "hunter2", "git.example"] { #expect(!body.contains(secret)) }
    }

    @Test func keepsWhatCouldNotBeSent() async throws {
        try controller.answer("/auth/log", [(503, "later"), (202, "")])
        logger.warning("one")
        await #expect(throws: ControllerError.self) { try await flush(.batch) }
        #expect(log.count == 1)
        try await flush(.batch)
        #expect(log.count == 0)
    }

    @Test func dropsWhatTheControllerNeverTakes() async throws {
        try controller.answer("/auth/log", [(404, "no such path")])
        logger.warning("one")
        await #expect(throws: ControllerError.self) { try await flush(.batch) }
        #expect(log.count == 0)
    }

    @Test func isSilentForAWhileAfterAFailure() async throws {
        try controller.answer("/auth/log", [(503, "later"), (202, "")])
        let patient = RemoteLog(project: try ProjectKey("DEMO"))
        Logger([patient]).warning("one")
        await #expect(throws: ControllerError.self) { try await patient.flush { _ in (client, .batch) } }
        try await patient.flush { _ in (client, .batch) }
        #expect(patient.count == 1)
        #expect(try controller.requests().count == 1)
    }

    @Test func isBoundedAndSaysWhatItLost() async throws {
        try controller.answer("/auth/log", [(202, "")])
        for _ in 0..<1010 { logger.warning("again") }
        #expect(log.count == 1000)
        try await flush(.batch)
        #expect(try controller.requests().last?.body.contains("log.lost=10") == true)
    }

    @Test func withoutAControllerThereIsNothingToKeep() async throws {
        logger.warning("one")
        try await log.flush { _ in nil }
        #expect(log.count == 0)
    }
}
