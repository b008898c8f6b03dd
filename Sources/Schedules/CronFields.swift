/// The five fields of a crontab line: minute, hour, day of the month, month, day of the week.
struct CronFields: Hashable, Sendable {
    let minutes: Set<Int>
    let hours: Set<Int>
    let days: Set<Int>
    let months: Set<Int>
    /// 0 for Sunday.
    let weekdays: Set<Int>
    /// Whether each of the two kinds of day was given: a day counts then when either fits (POSIX, `crontab`).
    let hasDays: Bool
    let hasWeekdays: Bool

    init(minutes: Set<Int>, hours: Set<Int>, days: Set<Int>? = nil, weekdays: Set<Int>? = nil) {
        self.minutes = minutes
        self.hours = hours
        self.days = days ?? Set(1...31)
        months = Set(1...12)
        self.weekdays = weekdays ?? Set(0...6)
        hasDays = days != nil
        hasWeekdays = weekdays != nil
    }

    /// - Returns: `nil` unless the text is five fields that some day fits.
    init?(_ text: String) {
        let fields = text.split(separator: " ").map(String.init)
        guard fields.count == 5, let minutes = Self.numbers(fields[0], 0...59),
            let hours = Self.numbers(fields[1], 0...23), let days = Self.numbers(fields[2], 1...31),
            let months = Self.numbers(fields[3], 1...12, names: Self.monthNames, first: 1),
            let weekdays = Self.numbers(fields[4], 0...7, names: Self.weekdayNames, first: 0)
        else { return nil }
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.weekdays = Set(weekdays.map { $0 % 7 })
        hasDays = !fields[2].hasPrefix("*")
        hasWeekdays = !fields[4].hasPrefix("*")
        // 31 February never comes; 29 February does within eight years (2096 to 2104).
        guard (0..<9 * 366).contains(where: { fits(CalendarDay(number: 46_000 + $0)) }) else { return nil }
    }

    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    func fits(_ day: CalendarDay) -> Bool {
        let (month, number) = day.monthAndDay
        guard months.contains(month) else { return false }
        let isDay = days.contains(number)
        let isWeekday = weekdays.contains(day.weekday)
        return hasDays && hasWeekdays ? isDay || isWeekday : isDay && isWeekday
    }

    /// Seconds after midnight, as wall clocks show them.
    var times: [Int] { hours.flatMap { hour in minutes.map { hour * 3600 + $0 * 60 } } }

    // MARK: Parsing

    /// A list of numbers, ranges and `*`, each perhaps with a step: `1,5-9/2,*/15`.
    private static func numbers(
        _ text: String, _ range: ClosedRange<Int>, names: [String] = [], first: Int = 0
    ) -> Set<Int>? {
        var numbers: Set<Int> = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            var step = 1
            if parts.count == 2 {
                guard let given = plainNumber(parts[1]), given > 0 else { return nil }
                step = given
            }
            let bounds = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            let span: ClosedRange<Int>
            if parts[0] == "*" {
                span = range
            } else {
                guard let low = number(bounds[0], names, first), range.contains(low) else { return nil }
                // `5/10` goes on to the end, as most implementations have it.
                guard
                    let high = bounds.count == 2 ? number(bounds[1], names, first) : step > 1 ? range.upperBound : low,
                    range.contains(high), low <= high
                else { return nil }
                span = low...high
            }
            numbers.formUnion(stride(from: span.lowerBound, through: span.upperBound, by: step))
        }
        return numbers
    }

    private static func number(_ text: Substring, _ names: [String], _ first: Int) -> Int? {
        names.firstIndex(of: text.lowercased()).map { $0 + first } ?? plainNumber(text)
    }

    /// One to three digits and nothing else.
    private static func plainNumber(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
