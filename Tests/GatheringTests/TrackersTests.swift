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

@Suite struct MetricTrackersTests {
    private static let options =
        #"{"sources": [{"type": "sonar", "name": "S, \"x\"", "url": "http://s/"}], "versions": {"http://s/": "2024-06-15T12:00:00+0200"}, "targets": {"a_b": {"target": "3", "comment": "}, {[\u00e9"}}}"#

    @Test func keepsWhatSeveralServersShare() throws {
        var trackers = Trackers()
        try trackers.load(.metricOptions, json: Array(Self.options.utf8))
        #expect(trackers.revision(.metricOptions, of: "http://s/") == "2024-06-15T12:00:00+0200")
        #expect(String(decoding: trackers.json(.metricOptions), as: UTF8.self) == Self.options)
        let revision = Trackers.Revision(type: "quality-time", name: "Q", url: "http://q", version: "2")
        for cursor in revision.cursors(.metricOptions) { trackers.move(cursor, of: "Q") }
        #expect(trackers.revision(.metricOptions, of: "http://q") == "2")
        #expect(trackers.revision(.metricOptions, of: "http://s/") != nil)
        trackers.move(.forgettingTarget("a_b"), of: "Q")
        #expect(trackers.targets.isEmpty)
    }

    @Test func readsOlderTrackersWithoutTargets() throws {
        var trackers = Trackers()
        try trackers.load(.metricOptions, json: Array(#"{"sources": [], "versions": {}, "targets": null}"#.utf8))
        #expect(trackers.targets.isEmpty && trackers.holds(.metricOptions))
    }

    @Test(arguments: [
        "", "[]", "{", #"{"versions": {"a": 1}}"#, #"{"sources": {}}"#, #"{"sources": [{}]}"#, #"{"targets": []}"#,
    ])
    func refusesWhatIsNoTracker(json: String) {
        var trackers = Trackers()
        #expect(throws: Trackers.MalformedFile.self) { try trackers.load(.metricOptions, json: Array(json.utf8)) }
    }
}
