import Schedules
import Testing
import Timestamps

/// In 2026 clocks go from 02:00 to 03:00 on 29 March, and from 03:00 back to 02:00 on 25 October.
@Suite struct DaylightSavingTests {
    private func moments(_ text: String, from start: String, until end: String) -> [String] {
        var found: [String] = []
        var current = moment(start)
        while true {
            current = schedule(text).next(after: current, in: centralEurope)
            guard current < moment(end) else { return found }
            found.append(local(current))
        }
    }

    @Test(arguments: [
        ("daily", ["03-28 02:00 +01", "03-29 03:00 +02", "03-30 02:00 +02"]),
        ("30 2 * * *", ["03-28 02:30 +01", "03-29 03:30 +02", "03-30 02:30 +02"]),
        ("0 3 * * *", ["03-28 03:00 +01", "03-29 03:00 +02", "03-30 03:00 +02"]),
    ])
    func aTimeThatIsSkippedIsRunOnce(text: String, expected: [String]) {
        #expect(moments(text, from: "2026-03-28T00:00:00+01:00", until: "2026-03-30T12:00:00+02:00") == expected)
    }

    @Test func anHourThatIsSkippedGivesNoRunTwice() {
        let night = ("2026-03-29T00:30:00+01:00", "2026-03-29T04:31:00+02:00")
        #expect(
            moments("hourly", from: night.0, until: night.1)
                == ["03-29 01:00 +01", "03-29 03:00 +02", "03-29 04:00 +02"])
        #expect(
            moments("30min", from: night.0, until: night.1) == [
                "03-29 01:00 +01", "03-29 01:30 +01", "03-29 03:00 +02", "03-29 03:30 +02", "03-29 04:00 +02",
                "03-29 04:30 +02",
            ])
    }

    @Test(arguments: [
        ("daily", ["10-24 02:00 +02", "10-25 02:00 +02", "10-26 02:00 +01"]),
        ("30 2 * * *", ["10-24 02:30 +02", "10-25 02:30 +02", "10-26 02:30 +01"]),
        ("0 3 * * *", ["10-24 03:00 +02", "10-25 03:00 +01", "10-26 03:00 +01"]),
    ])
    func aTimeThatComesTwiceIsRunOnce(text: String, expected: [String]) {
        #expect(moments(text, from: "2026-10-24T00:00:00+02:00", until: "2026-10-26T12:00:00+01:00") == expected)
    }

    @Test func anHourThatComesTwiceIsRunOnce() {
        #expect(
            moments("30min", from: "2026-10-25T01:29:00+02:00", until: "2026-10-25T03:31:00+01:00") == [
                "10-25 01:30 +02", "10-25 02:00 +02", "10-25 02:30 +02", "10-25 03:00 +01", "10-25 03:30 +01",
            ])
    }

    @Test func midnightMayBeSkippedToo() {
        // As in Beirut, where clocks go from 00:00 to 01:00.
        let zone = TimeZoneRule { $0 < moment("2026-03-28T22:00:00Z").seconds ? 7200 : 10800 }
        let next = schedule("0 0 * * *").next(after: moment("2026-03-28T12:00:00Z"), in: zone)
        #expect(local(next, zone) == "03-29 01:00 +03")
        #expect(local(schedule("0 0 * * *").next(after: next, in: zone), zone) == "03-30 00:00 +03")
    }
}
