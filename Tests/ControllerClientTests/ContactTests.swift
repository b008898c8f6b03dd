import ControllerAPI
import ControllerClient
import Cryptography
import HTTP
import TestSupport
import Testing
import Timestamps

/// What one request shows of a controller.
@Suite struct ContactTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func contact(
        _ status: Int, _ body: String, lead: Int = 0, validity: TestCertificate.Validity = .current
    ) async throws -> ControllerContact {
        let controller = try ScriptedController(in: directory, validity: validity, clockLead: lead)
        try controller.answer("/auth/version", [(status, body)])
        let client = try ControllerClient(
            controller.address, trust: .certificate(file: controller.certificate.certificate),
            agent: AgentKey("AGENT"), key: SigningKey.generate(), http: HTTPClient(.init(userAgent: "gatherer/1")))
        return try await client.contact(version: "0.1.0")
    }

    @Test func tellsWhetherTheVersionIsTheControllersOwn() async throws {
        let answer = try await contact(200, #"{"up_to_date":false,"version":"9.9.9"}"#).version.get()
        #expect(answer == VersionAnswer(isUpToDate: false, version: "9.9.9"))
    }

    @Test(arguments: [(0, 0), (1200, -1), (-1200, 1)])
    func measuresTheClock(lead: Int, sign: Int) async throws {
        // Whatever the controller thinks of the agent.
        let contact = try await contact(401, "request signature: too old", lead: lead)
        let found = try #require(contact.clockLead)
        #expect(found.components.seconds.signum() == Int64(sign) && abs(found.components.seconds) <= 1200, "\(found)")
        guard case .failure(let error) = contact.version else { throw self.error("no refusal") }
        #expect(error.code == .notAuthenticated)
        #expect(error.advice?.contains("timedatectl") == (sign != 0), "\(error.advice ?? "")")
    }

    /// Seconds: the answer's date, when it was asked for and came, and the lead that is sure.
    static let answers = [
        [100, 100, 100, 0], [100, 101, 101, 0], [100, 102, 110, 1], [100, 0, 300, 0], [100, 40, 70, -30],
        [100, 700, 702, 599], [700, 100, 101, -599],
    ]

    @Test(arguments: answers) func takesTheLeastThatIsSure(answer: [Int]) {
        let times = answer.map { Timestamp(seconds: $0) }
        #expect(
            ControllerContact.lead(date: times[0], sent: times[1], received: times[2]) == .seconds(answer[3]))
    }

    private func error(_ text: String) -> Unexpected { Unexpected(description: text) }

    private struct Unexpected: Error, CustomStringConvertible { let description: String }

    @Test func tellsWhenTheCertificateEnds() async throws {
        let long = try #require(try await contact(401, "").certificateEnd)
        #expect(long == Timestamp(rfc3339: "2049-01-01T00:00:00Z"))
        let short = try #require(
            try await contact(200, #"{"up_to_date":true,"version":"1"}"#, validity: .ending).certificateEnd)
        let left = short - .now
        #expect(left > .seconds(9 * 86400) && left <= .seconds(10 * 86400))
    }

    @Test func aCertificateThatHasExpiredIsNoContact() async throws {
        let error = await #expect(throws: ControllerError.self) {
            _ = try await contact(200, "", validity: .expired)
        }
        guard case .http(let cause) = error?.cause else { throw self.error("no cause") }
        #expect(cause.code == .certificateExpired)
    }
}
