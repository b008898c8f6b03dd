import ControllerAPI
import Testing

@Suite struct StatusAnswerTests {
    @Test func writesThePartsInOrderAndTheTotalLast() throws {
        let answer = StatusAnswer([
            StatusPart(.tracker, isOK: true, message: "No update tracker \"x\" found"),
            StatusPart(.network, isOK: true), StatusPart(.configuration, isOK: true, contents: "A=1\nB=2\n"),
        ])
        #expect(
            String(decoding: try answer.json(), as: UTF8.self)
                == #"{"tracker":{"message":"No update tracker \"x\" found","ok":true},"network":{"ok":true},"#
                + #""configuration":{"contents":"A=1\nB=2\n","ok":true},"total":{"message":"Everything OK","ok":true}}"#
        )
        #expect(answer.httpStatus == 200)
        #expect(try StatusAnswer(json: answer.json()) == answer)
        #expect(answer.configuration == "A=1\nB=2\n")
    }

    @Test func onePartThatIsNotOKDecides() throws {
        let answer = StatusAnswer([StatusPart(.lock, isOK: false, message: "held"), StatusPart(.daemon, isOK: true)])
        #expect(!answer.isOK)
        #expect(answer.httpStatus == 503)
        #expect(answer.failures.map(\.name) == [.lock])
        #expect(answer.total.message == "Some parts are not OK")
    }

    @Test func readsUnknownPartsAfterTheKnownOnes() throws {
        let answer = try StatusAnswer(
            json: Array(
                #"{"total":{"ok":false},"zeta":{"ok":true,"x":1},"lock":{"ok":true},"alpha":{"ok":false},"database":{"ok":true}}"#
                    .utf8))
        #expect(answer.parts.map(\.name.rawValue) == ["database", "lock", "alpha", "zeta"])
        #expect(answer.failures.map(\.name.rawValue) == ["alpha"])
    }

    @Test(arguments: [
        ("{}", WireError.Code.missing, "$.total"), (#"{"lock":{"ok":true}}"#, .missing, "$.total"),
        (#"{"total":{}}"#, .missing, "$.total.ok"), (#"{"total":{"ok":1}}"#, .malformed, "$.total.ok"),
        (#"{"total":{"ok":true},"lock":true}"#, .malformed, "$.lock"),
        (#"{"total":{"ok":true},"a b":true}"#, .malformed, "$.?"), ("<html>", .malformed, "$"),
    ])
    func refusesOtherAnswers(json: String, code: WireError.Code, place: String) {
        let error = #expect(throws: WireError.self) { try StatusAnswer(json: Array(json.utf8)) }
        #expect(error?.code == code)
        #expect(error?.subject == "status answer at \(place)")
    }
}
