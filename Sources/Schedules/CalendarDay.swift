/// A day of the Gregorian calendar.
struct CalendarDay: Hashable, Comparable {
    /// Days since 1970-01-01.
    let number: Int

    init(number: Int) { self.number = number }

    /// The day that wall clocks show at a time without zone.
    init(ofWall wall: Int) { number = wall >= 0 ? wall / 86400 : (wall - 86399) / 86400 }

    /// Its midnight, without zone.
    var wall: Int { number * 86400 }
    var next: CalendarDay { CalendarDay(number: number + 1) }

    /// 0 for Sunday. The first of January 1970 was a Thursday.
    var weekday: Int { ((number + 4) % 7 + 7) % 7 }

    /// Month, from 1, and day of the month, from 1. Years are counted from March here, so that the leap day is the last;
    /// 400 years have 146,097 days.
    var monthAndDay: (month: Int, day: Int) {
        let days = number + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }

    static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.number < right.number }
}
