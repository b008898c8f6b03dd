package import Timestamps

/// When something is done again and again: on wall clocks of a zone, or after a time that no clock change touches.
package struct Schedule: Hashable, Sendable, CustomStringConvertible {
    /// As it was written.
    package let text: String
    private let rule: Rule

    private enum Rule: Hashable, Sendable {
        case fields(CronFields)
        /// Every so many days at 02:00.
        case days(Int)
        /// Every so many seconds, counted from 1970: for times that a day is no multiple of.
        case interval(Int)
    }

    package static let expectation =
        "15min, hourly, daily, weekly, monthly, twice-daily, a time such as 90min or 12h, or five fields as in a crontab"

    /// - Returns: `nil` for a text that is no schedule.
    package init?(_ text: String) {
        guard let rule = Self.rule(text) else { return nil }
        self.text = text
        self.rule = rule
    }

    package var description: String { text }

    /// The hour of daily and rarer schedules.
    private static let night = 2

    private static func rule(_ text: String) -> Rule? {
        switch text {
        case "hourly": return .fields(CronFields(minutes: [0], hours: Set(0...23)))
        case "twice-daily": return .fields(CronFields(minutes: [0], hours: [night, night + 12]))
        case "daily": return .days(1)
        case "weekly": return .fields(CronFields(minutes: [0], hours: [3], weekdays: [6]))
        case "monthly": return .fields(CronFields(minutes: [0], hours: [5], days: [1]))
        default: break
        }
        if text.contains(" ") { return CronFields(text).map { .fields($0) } }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = UInt16(digits).map(Int.init), number > 0 else { return nil }
        switch text.dropFirst(digits.count) {
        case "min": return minutes(number)
        case "h": return minutes(number * 60)
        case "d" where number <= 366: return .days(number)
        default: return nil
        }
    }

    /// Times that an hour or a day is a multiple of lie where people expect them: on round minutes, and with 02:00 among
    /// them.
    private static func minutes(_ count: Int) -> Rule? {
        guard count <= 366 * 1440 else { return nil }
        if count < 60, 60 % count == 0 {
            return .fields(CronFields(minutes: Set(stride(from: 0, to: 60, by: count)), hours: Set(0...23)))
        }
        if count % 1440 == 0 { return .days(count / 1440) }
        if count % 60 == 0, 24 % (count / 60) == 0 {
            let step = count / 60
            return .fields(CronFields(minutes: [0], hours: Set((0..<24).filter { ($0 - night) % step == 0 })))
        }
        return .interval(count * 60)
    }

    // MARK: Moments

    /// The first moment after another one.
    ///
    /// On the day that clocks are put forward, a time that they leave out comes once, as much after the change as it
    /// would have come; when they are put back, a time that they show twice counts the first time only.
    package func next(after: Timestamp, in zone: TimeZoneRule) -> Timestamp {
        let start = after.seconds
        if case .interval(let seconds) = rule {
            let periods = start >= 0 ? start / seconds : (start - seconds + 1) / seconds
            return Timestamp(seconds: (periods + 1) * seconds)
        }
        // A time that is left out moves beyond later ones, and a change of the zone shifts all: as much to both sides.
        let wall = start + zone.offset(start) - Self.longestShift
        var day = CalendarDay(ofWall: wall)
        var best: (moment: Int, wall: Int)?
        while true {
            for time in times(of: day) where day.wall + time >= wall {
                let candidate = day.wall + time
                if let best, candidate > best.wall + Self.longestShift { return Timestamp(seconds: best.moment) }
                let moment = zone.moment(ofWall: candidate)
                if moment > start, moment < best?.moment ?? .max { best = (moment, candidate) }
            }
            day = day.next
        }
    }

    /// No zone's clocks were ever changed by more for daylight saving.
    private static let longestShift = 2 * 3600

    /// What wall clocks show, in seconds after midnight, in order.
    private func times(of day: CalendarDay) -> [Int] {
        switch rule {
        case .fields(let fields): fields.fits(day) ? fields.times.sorted() : []
        case .days(let count): day.number % count == 0 ? [Self.night * 3600] : []
        case .interval: []
        }
    }

    /// The time from one moment to the next, by and large: what the spreading of agents is measured by.
    package var usualPeriod: Duration {
        switch rule {
        case .interval(let seconds): return .seconds(seconds)
        case .days(let count): return .seconds(count * 86400)
        case .fields(let fields):
            let times = fields.times.sorted()
            let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
            return .seconds(gaps.min() ?? 86400)
        }
    }
}
