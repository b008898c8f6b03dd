import Schedules
import Testing
import Timestamps

@Suite struct ScheduleTests {
    /// The next moments after one, as local times.
    private func moments(_ text: String, after start: String, _ count: Int) -> [String] {
        var current = moment(start)
        return (0..<count).map { _ in
            current = schedule(text).next(after: current, in: centralEurope)
            return local(current)
        }
    }

    @Test func theNamedOnesLieWhereTheyAlwaysDid() {
        // 2026-06-05 is a Friday.
        let friday = "2026-06-05T08:07:00+02:00"
        #expect(moments("15min", after: friday, 3) == ["06-05 08:15 +02", "06-05 08:30 +02", "06-05 08:45 +02"])
        #expect(moments("hourly", after: friday, 2) == ["06-05 09:00 +02", "06-05 10:00 +02"])
        #expect(moments("daily", after: friday, 2) == ["06-06 02:00 +02", "06-07 02:00 +02"])
        #expect(moments("weekly", after: friday, 2) == ["06-06 03:00 +02", "06-13 03:00 +02"])
        #expect(moments("monthly", after: friday, 2) == ["07-01 05:00 +02", "08-01 05:00 +02"])
        #expect(moments("twice-daily", after: friday, 2) == ["06-05 14:00 +02", "06-06 02:00 +02"])
    }

    @Test func timesThatADayIsAMultipleOfLieAroundTwoInTheMorning() {
        let start = "2026-06-05T08:07:00+02:00"
        #expect(moments("12h", after: start, 2) == moments("twice-daily", after: start, 2))
        #expect(moments("24h", after: start, 2) == moments("daily", after: start, 2))
        #expect(moments("60min", after: start, 2) == moments("hourly", after: start, 2))
        #expect(moments("6h", after: start, 3) == ["06-05 14:00 +02", "06-05 20:00 +02", "06-06 02:00 +02"])
        #expect(moments("5min", after: start, 2) == ["06-05 08:10 +02", "06-05 08:15 +02"])
        #expect(moments("1min", after: start, 2) == ["06-05 08:08 +02", "06-05 08:09 +02"])
    }

    @Test func otherTimesFollowEachOtherWhateverTheClocksDo() {
        let start = moment("2026-03-28T22:00:00Z")
        let first = schedule("90min").next(after: start, in: centralEurope)
        let second = schedule("90min").next(after: first, in: centralEurope)
        #expect(second - first == .seconds(90 * 60))
        #expect(schedule("7h").next(after: first, in: .utc) > first)
    }

    @Test(arguments: [
        // 2026-06-05 is a Friday.
        ("30 4 * * *", ["06-06 04:30 +02", "06-07 04:30 +02"]),
        ("*/20 8-9 * * *", ["06-05 08:20 +02", "06-05 08:40 +02", "06-05 09:00 +02"]),
        ("5,35 8 * * mon-fri", ["06-05 08:35 +02", "06-08 08:05 +02"]),
        ("0 6 * JUL Sun", ["07-05 06:00 +02", "07-12 06:00 +02"]),
        ("0 6 * * 7", ["06-07 06:00 +02"]),
        ("0 6 * * 5-7", ["06-06 06:00 +02", "06-07 06:00 +02", "06-12 06:00 +02"]),
        // A day counts when either of both fits.
        ("0 6 13 * 1", ["06-08 06:00 +02", "06-13 06:00 +02", "06-15 06:00 +02"]),
        ("0 6 31 * *", ["07-31 06:00 +02", "08-31 06:00 +02", "10-31 06:00 +01"]),
        ("10/20 8 * * *", ["06-05 08:10 +02", "06-05 08:30 +02", "06-05 08:50 +02"]),
        ("1-9/4 9 5 6 *", ["06-05 09:01 +02", "06-05 09:05 +02", "06-05 09:09 +02"]),
    ])
    func readsCrontabLines(text: String, expected: [String]) {
        #expect(moments(text, after: "2026-06-05T08:07:00+02:00", expected.count) == expected)
    }

    @Test func findsTheTwentyNinthOfFebruary() {
        let next = schedule("0 0 29 2 *").next(after: moment("2026-06-05T00:00:00Z"), in: .utc)
        #expect(next.rfc3339 == "2028-02-29T00:00:00Z")
    }

    @Test(arguments: [
        "", "-", "sometimes", "0min", "5", "5s", "5m", "-5min", "99999min", "1.5h", "hourly ", "* * * *", "* * * * * *",
        "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * * 8", "*/0 * * * *", "5-1 * * * *",
        "a * * * *", "* * * * monday", "1,,2 * * * *", "1- * * * *", "0 0 31 2 *", "0 0 30 feb *", "+5 * * * *", "367d",
    ])
    func refusesWhatIsNone(text: String) { #expect(Schedule(text) == nil) }

    @Test func theZoneOfTheProcessIsThatOfItsLocalTimes() {
        for seconds in [0, 1_780_000_000, 1_795_000_000] {
            let shown = Timestamp(seconds: seconds).local.split(separator: " ").joined(separator: "T") + "Z"
            let offset = moment(shown).seconds - seconds
            #expect(offset == TimeZoneRule.local.offset(seconds))
        }
    }
}
