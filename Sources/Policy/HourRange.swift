import Timestamps

/// A moment as the machine's own clock shows it.
struct LocalTime: CustomStringConvertible {
    /// 0 for Monday.
    let day: Int
    /// Since midnight.
    let minute: Int

    static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    init(day: Int, minute: Int) {
        self.day = day
        self.minute = minute
    }

    init(_ moment: Timestamp) {
        // `…+01:00`: the C library knows the zone of this moment.
        let zone = moment.localWithOffset.suffix(6)
        let parts = zone.dropFirst().split(separator: ":").compactMap { Int($0) }
        let offset = parts.count == 2 ? (zone.hasPrefix("-") ? -1 : 1) * (parts[0] * 60 + parts[1]) : 0
        let minutes = (moment.seconds + offset * 60) / 60
        // 1970-01-01 was a Thursday.
        day = (minutes / 1440 + 3) % 7
        minute = minutes % 1440
    }

    var description: String { "\(Self.names[day]) \(Self.text(minute))" }

    /// `07:05`
    static func text(_ minute: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }
}

/// When gatherings may begin: on some days from a time to another, which may be after midnight.
struct HourRange: Sendable, Equatable, CustomStringConvertible {
    /// 0 for Monday; the day on which the range begins.
    let days: Set<Int>
    let from: Int
    /// Not included. Up to `from` of the next day.
    let to: Int

    func contains(_ time: LocalTime) -> Bool {
        let yesterday = (time.day + 6) % 7
        if from < to { return days.contains(time.day) && (from..<to).contains(time.minute) }
        return days.contains(time.day) && time.minute >= from || days.contains(yesterday) && time.minute < to
    }

    /// Minutes since midnight, of `07:05`; `24:00` is the day's end.
    static func minute(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = UInt8(parts[0]),
            let minute = UInt8(parts[1]), minute < 60, hour < 24 || hour == 24 && minute == 0
        else { return nil }
        return Int(hour) * 60 + Int(minute)
    }

    var description: String {
        let names = days.count == 7 ? "daily" : days.sorted().map { LocalTime.names[$0] }.joined(separator: " ")
        return "\(names) \(LocalTime.text(from))-\(LocalTime.text(to))"
    }
}
