import Gathering
import Testing

@Suite struct TrackersTests {
    @Test func readsTextsAndOldNumbersAndWritesTexts() throws {
        var trackers = Trackers()
        try trackers.load(.versions, json: Array(#"{"b": "1f", "a": 12}"#.utf8))
        #expect(trackers.value(.versions, of: "a") == "12")
        trackers.set("2\u{E9}", .versions, of: "c")
        #expect(String(decoding: trackers.json(.versions), as: UTF8.self) == #"{"a": "12", "b": "1f", "c": "2\u00e9"}"#)
    }

    @Test(arguments: ["", "[]", #"{"a": {}}"#, #"{"a": null}"#])
    func refusesWhatIsNoTracker(json: String) {
        var trackers = Trackers()
        #expect(throws: Trackers.MalformedFile.self) { try trackers.load(.versions, json: Array(json.utf8)) }
    }

    @Test func anEmptyTrackerIsAnEmptyObject() { #expect(Trackers().json(.versions) == Array("{}".utf8)) }
}
