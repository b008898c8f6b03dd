import ControllerAPI
import Testing

@Suite struct EnrolmentTokenTests {
    private func token() throws -> EnrolmentToken {
        EnrolmentToken(
            controller: "controller.example:8443", pin: "sha256//AAAA", secret: "enrol-s3cret",
            agent: try AgentKey("DEMO"),
            projects: [try ProjectKey("DEMO"), try ProjectKey("WEB")])
    }

    @Test func isOneWordThatGoesThroughShellsAndFiles() throws {
        let text = try token().text()
        #expect(try EnrolmentToken(text) == token())
        #expect(text.hasPrefix("gathering1-"))
        #expect(
            text.utf8.allSatisfy {
                Character(UnicodeScalar($0)).isLetter || Character(UnicodeScalar($0)).isNumber || "-_".utf8.contains($0)
            })
    }

    @Test func doesNotShow() throws {
        var dumped = ""
        dump(try token(), to: &dumped)
        #expect(!"\(try token()) \(dumped)".contains("s3cret"))
    }

    @Test(arguments: ["", "gathering1-", "gathering1-!", "enrol-x", "gathering2-e30", "gathering1-e30"])
    func refusesWhatIsNotWhole(text: String) { #expect(throws: WireError.self) { try EnrolmentToken(text) } }
}
