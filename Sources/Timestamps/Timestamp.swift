import Glibc

/// A moment in time with microseconds, and the three texts in which it is exchanged.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    package let seconds: Int
    /// 0 ..< 1,000,000.
    package let microseconds: Int

    package init(seconds: Int, microseconds: Int = 0) {
        self.seconds = seconds
        self.microseconds = microseconds
    }

    /// The current moment of the system's clock.
    package static var now: Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: time.tv_sec, microseconds: time.tv_nsec / 1000)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.microseconds) < (right.seconds, right.microseconds)
    }

    package static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let microseconds = moment.microseconds + Int(attoseconds / 1_000_000_000_000)
        return Timestamp(
            seconds: moment.seconds + Int(seconds) + (microseconds >= 1_000_000 ? 1 : microseconds < 0 ? -1 : 0),
            microseconds: (microseconds + 1_000_000) % 1_000_000)
    }

    package static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        .seconds(later.seconds - earlier.seconds) + .microseconds(later.microseconds - earlier.microseconds)
    }

    /// RFC 3339 in UTC without fraction: `2026-11-21T03:43:32Z`.
    package var rfc3339: String {
        let fields = CalendarFields(utc: seconds)
        return "\(fields.date)T\(fields.time)Z"
    }

    /// RFC 3339 in UTC with microseconds: `2026-11-21T03:43:32.000120Z`.
    package var rfc3339WithMicroseconds: String {
        "\(rfc3339.dropLast()).\(String(1_000_000 + microseconds).dropFirst())Z"
    }

    /// The form of the table files: local time zone of the process, no zone, no fraction: `2026-11-21 04:43:32`.
    package var local: String {
        let fields = CalendarFields(local: seconds)
        return "\(fields.date) \(fields.time)"
    }

    /// The form of `preflight_date.txt`: local time with microseconds and offset: `2026-11-21T04:43:32.000120+01:00`.
    package var localWithOffset: String {
        let fields = CalendarFields(local: seconds)
        let fraction = String(1_000_000 + microseconds).dropFirst()
        return "\(fields.date)T\(fields.time).\(fraction)\(fields.offset)"
    }
}

/// A moment taken apart by the C library, which knows the zones.
private struct CalendarFields {
    /// `2026-11-21`
    let date: String
    /// `04:43:32`
    let time: String
    /// `+01:00`
    let offset: String

    init(utc seconds: Int) { self.init(seconds, isLocal: false) }
    init(local seconds: Int) { self.init(seconds, isLocal: true) }

    private init(_ seconds: Int, isLocal: Bool) {
        var seconds = time_t(seconds)
        var parts = unsafe tm()
        _ = unsafe isLocal ? localtime_r(&seconds, &parts) : gmtime_r(&seconds, &parts)
        let year = unsafe String(Int(parts.tm_year) + 1900)
        date =
            unsafe String(repeating: "0", count: max(0, 4 - year.count)) + year
            + "-\(Self.two(parts.tm_mon + 1))-\(Self.two(parts.tm_mday))"
        time = unsafe "\(Self.two(parts.tm_hour)):\(Self.two(parts.tm_min)):\(Self.two(parts.tm_sec))"
        let minutes = unsafe Int32(parts.tm_gmtoff / 60)
        offset = "\(minutes < 0 ? "-" : "+")\(Self.two(abs(minutes) / 60)):\(Self.two(abs(minutes) % 60))"
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : String(number) }
}
