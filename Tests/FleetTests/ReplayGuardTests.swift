import ControllerAPI
import Cryptography
import Fleet
import Testing
import Timestamps

@Suite struct ReplayGuardTests {
    private func signature(at moment: Timestamp) throws -> RequestSignature {
        let key = try SigningKey.generate()
        let request = SignableRequest(
            method: "GET", authority: "c:443", path: "/auth/status", query: nil, fields: [], body: [])
        let headers = try RequestSignature.headers(for: request, agent: AgentKey("DEMO"), key: key, at: moment)
        let signed = SignableRequest(
            method: "GET", authority: "c:443", path: "/auth/status", query: nil, fields: headers, body: [])
        return try RequestSignature(of: signed, now: moment)
    }

    @Test func admitsASignatureOnce() throws {
        let start = Timestamp(seconds: 1_700_000_000)
        let replays = ReplayGuard(start: start)
        let first = try signature(at: start + .seconds(1))
        #expect(replays.admit(first, now: start + .seconds(2)))
        #expect(!replays.admit(first, now: start + .seconds(3)))
        #expect(!replays.admit(first, now: start + .seconds(290)))
        #expect(replays.admit(try signature(at: start + .seconds(1)), now: start + .seconds(2)))
    }

    @Test func refusesWhatWasSignedBeforeTheStart() throws {
        let start = Timestamp(seconds: 1_700_000_000)
        #expect(!ReplayGuard(start: start).admit(try signature(at: start + .seconds(-1)), now: start))
    }
}
