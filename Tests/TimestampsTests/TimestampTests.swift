import Testing
import Timestamps

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (1_700_000_000, "2023-11-14T22:13:20Z"), (-1, "1969-12-31T23:59:59Z"),
    ])
    func writesRFC3339(seconds: Int, text: String) {
        #expect(Timestamp(seconds: seconds).rfc3339 == text)
    }

    @Test func writesRFC3339WithMicroseconds() {
        #expect(Timestamp(seconds: 0, microseconds: 120).rfc3339WithMicroseconds == "1970-01-01T00:00:00.000120Z")
    }

    @Test func addsAndSubtracts() {
        let moment = Timestamp(seconds: 10, microseconds: 900_000)
        #expect(moment + .milliseconds(200) == Timestamp(seconds: 11, microseconds: 100_000))
        #expect((moment + .milliseconds(200)) - moment == .milliseconds(200))
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, 0), ("2023-11-14T22:13:20Z", 1_700_000_000, 0),
        ("2023-11-14T23:13:20+01:00", 1_700_000_000, 0), ("2023-11-14T16:43:20.5-05:30", 1_700_000_000, 500_000),
        ("2023-11-14T22:13:20.000120999Z", 1_700_000_000, 120), ("2024-02-29T00:00:00Z", 1_709_164_800, 0),
        ("1969-12-31T23:59:59.999999Z", -1, 999_999),
    ])
    func readsRFC3339(text: String, seconds: Int, microseconds: Int) {
        #expect(Timestamp(rfc3339: text) == Timestamp(seconds: seconds, microseconds: microseconds))
    }

    @Test(arguments: [
        "", "2023-11-14", "2023-11-14 22:13:20Z", "2023-11-14T22:13:20", "2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z",
        "2023-00-01T00:00:00Z", "2023-01-00T00:00:00Z", "2023-11-14T24:00:00Z", "2023-11-14T22:60:00Z",
        "2023-11-14T22:13:60Z", "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20.1234567890Z", "2023-11-14T22:13:20+0100",
        "2023-11-14T22:13:20+24:00", "2023-11-14T22:13:20ZZ", "+023-11-14T22:13:20Z", "2023-11-14T22:13:2\u{0661}Z",
    ])
    func refusesWhatIsNotRFC3339(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(arguments: [
        ("2023-11-14T23:13:20.000+0100", 1_700_000_000), ("2023-11-14T12:43:20.000-0930", 1_700_000_000),
        ("2023-11-14T22:13:20Z", 1_700_000_000), ("2023-11-14T23:13:20+01:00", 1_700_000_000),
        ("2023-11-14T22:13:20", nil), ("2023-11-14T22:13:20+01", nil), ("2023-11-14T22:13:20+0160", nil),
        ("2023-11-14T22:13:20+01000", nil),
    ])
    func readsOffsetsWithoutAColonWhereTheyAreMeant(text: String, seconds: Int?) {
        #expect(Timestamp(iso8601: text)?.seconds == seconds)
    }

    @Test func countsTheDaysOfTheCalendarAsTheCLibraryDoes() {
        // From year 1 to year 9999; 97 meets every day of a year and every kind of year.
        let wrong = stride(from: -719_162, to: 2_932_896, by: 97).filter { day in
            Timestamp(rfc3339: Timestamp(seconds: day * 86400).rfc3339)?.seconds != day * 86400
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(5))")
    }

    @Test func compactFormReadsBack() {
        let moment = Timestamp(seconds: 1_700_000_000)
        #expect(moment.compact == "20231114T221320Z")
        #expect(Timestamp(compact: moment.compact) == moment)
        for text in ["20231114T221320", "20231114221320Z", "20230229T000000Z", "2023-11-14T22:13:20Z"] {
            #expect(Timestamp(compact: text) == nil)
        }
    }
}

@Suite struct HTTPDateTests {
    @Test func readsTheFormThatServersSend() {
        #expect(Timestamp(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == Timestamp(rfc3339: "1994-11-06T08:49:37Z"))
    }

    @Test(arguments: [
        "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 CET",
    ])
    func readsNothingElse(text: String) { #expect(Timestamp(httpDate: text) == nil) }
}
