import ControllerAPI
import Testing

@Suite struct TriggerNoticeTests {
    @Test func isReadAsItIsWritten() throws {
        let notice = TriggerNotice(trigger: 7, projects: [try ProjectKey("A"), try ProjectKey("B_2")])
        #expect(String(decoding: try notice.json(), as: UTF8.self) == #"{"projects":["A","B_2"],"trigger":7}"#)
        #expect(try TriggerNotice(json: notice.json()) == notice)
    }

    @Test(arguments: [
        #"{"trigger":0,"projects":["A"]}"#, #"{"trigger":1,"projects":[]}"#, #"{"trigger":1,"projects":["a"]}"#, "{}",
    ])
    func refusesWhatIsNoTrigger(_ json: String) {
        #expect(throws: WireError.self) { try TriggerNotice(json: Array(json.utf8)) }
    }
}
