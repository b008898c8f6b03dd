import ControllerAPI
import Testing
import Timestamps

@Suite struct KeyTests {
    @Test(arguments: [("ABC", true), ("A", true), ("A1_B", false), ("ABCDEFGHIJKLMNOPQRST", true), ("A_", false)])
    func acceptsKeys(text: String, isLegacySafe: Bool) throws {
        #expect(try ProjectKey(text).text == text)
        #expect(try ProjectKey(text).isLegacySafe == isLegacySafe)
        #expect(try AgentKey(text).isLegacySafe == isLegacySafe)
    }

    @Test(arguments: [
        "", "abc", "Abc", "1A", "_A", "A-B", "A B", "A.B", "../A", "A/B", "A\n", "\u{C9}", "A\u{301}",
        "ABCDEFGHIJKLMNOPQRSTU", "-",
    ])
    func refusesWhatIsNoKey(text: String) {
        #expect(throws: WireError.self) { try ProjectKey(text) }
        #expect(throws: WireError.self) { try AgentKey(text) }
    }

    @Test func runIDsSortByTimeAndReadBack() throws {
        let first = RunID(at: Timestamp(seconds: 1_795_232_612, microseconds: 5))
        #expect(first.text.hasPrefix("20261121T034332Z-"))
        #expect(try RunID(first.text) == first)
        #expect(try RunID(first.text).start == Timestamp(seconds: 1_795_232_612))
        #expect(first < RunID(at: Timestamp(seconds: 1_795_232_613)))
        let last = RunID(at: Timestamp(seconds: 1_795_232_612, microseconds: 999_999))
        #expect(first < RunID(at: Timestamp(seconds: 1_795_232_612, microseconds: 6)) && first < last)
        #expect(last.text.hasPrefix("20261121T034332Z-f423f"), "\(last)")
        #expect(RunID(at: first.start) != first)
    }

    @Test(arguments: [
        "", "20261121T034332Z", "20261121T034332Z-", "20261121T034332Z-0a1b2c3", "20261121T034332Z-0A1B2C3D",
        "20261121T034332Z-0a1b2c3d-", "20261121T034332Z-0a1b2c3g", "20261321T034332Z-0a1b2c3d",
        "../1121T034332Z-0a1b2c3d",
        "20261121T034332Z-0a1b2c3d\n", "20261121T034332Z/0a1b2c3d",
    ])
    func refusesWhatIsNoRunID(text: String) {
        #expect(throws: WireError.self) { try RunID(text) }
    }

    @Test(arguments: Endpoint.allCases)
    func endpointsAreFoundInBothForms(endpoint: Endpoint) {
        #expect(Endpoint(path: endpoint.path) == endpoint)
        #expect(Endpoint(path: endpoint.path + ".py") == endpoint)
        for path in ["", "/", "/auth/", endpoint.path + "/", endpoint.path + ".PY", "/AUTH/agent", "/auth/unknown"] {
            #expect(Endpoint(path: path) == nil)
        }
    }
}
