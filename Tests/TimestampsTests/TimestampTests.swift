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
}
