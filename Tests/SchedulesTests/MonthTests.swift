import Schedules
import Testing
import Timestamps

/// A whole month of an agent's life on a test clock, against tables worked out by hand.
@Suite struct MonthTests {
    /// The runs that a schedule gives from a moment on.
    private func runs(
        _ text: String, from start: String, for days: Int, offset: Duration = .zero, lastRun: String? = nil,
        steps: [(after: Duration, by: Int)] = []
    ) async -> [String] {
        let clock = TestClock(moment(start), steps: steps, end: .seconds(days * 86400))
        let planner = Planner(
            schedule(text), in: centralEurope, offset: offset, lastRun: lastRun.map(moment), now: clock.now)
        let ticker = Ticker([text: planner], clock: clock)
        var found: [String] = []
        do { try await ticker.run { _, now in found.append(local(now)) } } catch {}
        return found
    }

    private func hours(_ hours: Int, minutes: Int = 0) -> Duration { .seconds(hours * 3600 + minutes * 60) }

    @Test func everyNightOfMarch() async {
        let winter = (1...28).map { "03-\($0 < 10 ? "0" : "")\($0) 02:00 +01" }
        let expected = winter + ["03-29 03:00 +02", "03-30 02:00 +02", "03-31 02:00 +02"]
        #expect(await runs("daily", from: "2026-03-01T00:00:00+01:00", for: 31) == expected)
    }

    @Test func everyNightOfOctober() async {
        let summer = (1...25).map { "10-\($0 < 10 ? "0" : "")\($0) 02:00 +02" }
        let expected = summer + (26...31).map { "10-\($0) 02:00 +01" }
        #expect(await runs("daily", from: "2026-10-01T00:00:00+02:00", for: 31) == expected)
    }

    @Test func everyQuarterOfMarch() async {
        // 31 days of 96 quarters; on the 29th the four of the skipped hour fall upon the four after it. The start is one
        // of them, and counts as past.
        let quarters = await runs("15min", from: "2026-03-01T00:00:00+01:00", for: 31)
        let expected = 31 * 96 - 4 - 1
        #expect(quarters.filter { $0.hasPrefix("03-") }.count == expected)
        #expect(Set(quarters).count == quarters.count)
        #expect(quarters.filter { $0.hasPrefix("03-29") }.count == 92)
    }

    @Test func everyQuarterOfOctober() async {
        let quarters = await runs("15min", from: "2026-10-01T00:00:00+02:00", for: 31)
        #expect(quarters.filter { $0.hasPrefix("10-25") }.count == 96)
        #expect(Set(quarters).count == quarters.count)
    }

    @Test func weeksAndMonths() async {
        #expect(
            await runs("weekly", from: "2026-10-01T00:00:00+02:00", for: 31) == [
                "10-03 03:00 +02", "10-10 03:00 +02", "10-17 03:00 +02", "10-24 03:00 +02", "10-31 03:00 +01",
            ])
        #expect(
            await runs("monthly", from: "2026-09-15T00:00:00+02:00", for: 60)
                == ["10-01 05:00 +02", "11-01 05:00 +01"])
    }

    @Test func anAgentsOwnOffsetMovesEachRunByTheSame() async {
        #expect(
            await runs("daily", from: "2026-03-28T00:00:00+01:00", for: 3, offset: .seconds(17 * 60))
                == ["03-28 02:17 +01", "03-29 03:17 +02", "03-30 02:17 +02"])
    }

    // MARK: Steps of the clock

    @Test func aClockPutForwardOverARunGivesItAtOnce() async {
        // At 01:50 the clock is put forward by 20 minutes.
        let found = await runs(
            "daily", from: "2026-06-05T00:00:00+02:00", for: 2, steps: [(hours(1, minutes: 50), 20 * 60)])
        #expect(found == ["06-05 02:10 +02", "06-06 02:00 +02"])
    }

    @Test func aClockPutForwardOverManyRunsGivesOne() async {
        let found = await runs(
            "hourly", from: "2026-06-05T00:30:00+02:00", for: 1, steps: [(hours(1), 5 * 3600)])
        #expect(found.prefix(3) == ["06-05 01:00 +02", "06-05 06:30 +02", "06-05 07:00 +02"])
    }

    @Test func aClockPutBackOverARunDoesNotRepeatIt() async {
        // At 02:05 the clock is put back by ten minutes; 02:00 comes again.
        let found = await runs(
            "daily", from: "2026-06-05T00:00:00+02:00", for: 2, steps: [(hours(2, minutes: 5), -600)])
        #expect(found == ["06-05 02:00 +02", "06-06 02:00 +02"])
    }

    @Test func aClockThatWasAYearAheadDoesNotStopTheAgentForAYear() async {
        let found = await runs(
            "daily", from: "2027-06-05T00:00:00+01:00", for: 2, steps: [(hours(12), -365 * 86400)])
        #expect(found == ["06-05 02:00 +01", "06-06 02:00 +02"])
    }

    // MARK: After a start

    @Test func whatWasMissedIsRunOnceSoonAfterTheStart() async {
        // The last run was three nights ago.
        let found = await runs(
            "daily", from: "2026-06-05T08:00:00+02:00", for: 1, lastRun: "2026-06-02T02:00:00+02:00")
        #expect(found == ["06-05 08:00 +02", "06-06 02:00 +02"])
    }

    @Test func whatWasNotMissedIsNotRun() async {
        let found = await runs(
            "daily", from: "2026-06-05T08:00:00+02:00", for: 1, lastRun: "2026-06-05T02:00:03+02:00")
        #expect(found == ["06-06 02:00 +02"])
    }

    @Test func theFirstStartWaitsForItsMoment() async {
        #expect(await runs("daily", from: "2026-06-05T08:00:00+02:00", for: 1) == ["06-06 02:00 +02"])
    }

    @Test func aLastRunInTheFutureIsNotBelieved() async {
        let found = await runs(
            "daily", from: "2026-06-05T08:00:00+02:00", for: 1, lastRun: "2031-06-05T02:00:00+02:00")
        #expect(found == ["06-06 02:00 +02"])
    }

    @Test func looksAtTheClockOnceAMinuteAndNotMoreOften() async {
        let clock = TestClock(moment("2026-06-05T08:00:00Z"), end: .seconds(3600))
        let ticker = Ticker(
            ["daily": Planner(schedule("daily"), in: .utc, lastRun: nil, now: clock.now)], clock: clock)
        do { try await ticker.run { _, _ in } } catch {}
        #expect((59...61).contains(clock.sleeps))
    }

    @Test func eachAgentHasAnOffsetOfItsOwnWithinATenthOfThePeriod() {
        // 1025 as a number of eight bytes.
        let digest: [UInt8] = [0, 0, 0, 0, 0, 0, 4, 1, 99]
        #expect(Spread.offset(of: schedule("1min"), digest: digest) == .seconds(5))
        #expect(Spread.offset(of: schedule("15min"), digest: digest) == .seconds(35))
        #expect(Spread.offset(of: schedule("hourly"), digest: digest) == .seconds(305))
        #expect(Spread.offset(of: schedule("daily"), digest: digest) == .seconds(1025))
        #expect(Spread.offset(of: schedule("weekly"), digest: digest) == .seconds(1025))
        #expect(Spread.offset(of: schedule("daily"), digest: [255] + digest) < .seconds(1800))
    }
}
