extension Timestamp {
    /// Reads RFC 3339 with any offset and up to nine digits of fraction, of which six are kept:
    /// `2026-11-21T03:43:32Z`, `2026-11-21T04:43:32.000120+01:00`. `nil` for anything else, days that do not exist and
    /// leap seconds included.
    package init?(rfc3339 text: String) { self.init(text, acceptsShortOffset: false) }

    /// Reads the same, and offsets without a colon as ISO 8601 has them, too: `2026-11-21T04:43:32.000+0100`.
    package init?(iso8601 text: String) { self.init(text, acceptsShortOffset: true) }

    /// Reads the compact form of ISO 8601 in UTC, which fits into file names: `20261121T034332Z`.
    package init?(compact text: String) {
        let bytes = text.utf8Span.span
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z"),
            let date = Self.days(bytes, year: 0, month: 4, day: 6),
            let time = Self.seconds(bytes, hour: 9, minute: 11, second: 13)
        else { return nil }
        self.init(seconds: date * 86400 + time)
    }

    /// The compact form of ISO 8601 in UTC, without fraction: `20261121T034332Z`.
    package var compact: String { rfc3339.filter { $0 != "-" && $0 != ":" } }

    /// By the places of the bytes: servers send many dates.
    private init?(_ text: String, acceptsShortOffset: Bool) {
        let bytes = text.utf8Span.span
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let date = Self.days(bytes, year: 0, month: 5, day: 8),
            let time = Self.seconds(bytes, hour: 11, minute: 14, second: 17)
        else { return nil }
        var place = 19
        var microseconds = 0
        if bytes[place] == UInt8(ascii: ".") {
            place += 1
            let start = place
            while place < bytes.count, let digit = Self.number(bytes, place, 1) {
                if place - start < 6 { microseconds = microseconds * 10 + digit }
                place += 1
            }
            guard (1...9).contains(place - start) else { return nil }
            for _ in min(place - start, 6)..<6 { microseconds *= 10 }
        }
        guard let offset = Self.offset(bytes, place, acceptsShort: acceptsShortOffset) else { return nil }
        self.init(seconds: date * 86400 + time - offset, microseconds: microseconds)
    }

    private static func number(_ bytes: borrowing Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
        guard start + count <= bytes.count else { return nil }
        var number = 0
        for place in start..<start + count {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) else { return nil }
            number = number * 10 + Int(bytes[place] - UInt8(ascii: "0"))
        }
        return number
    }

    /// Days since 1970-01-01, by the rule of the Gregorian calendar; `nil` for a day that does not exist.
    private static func days(_ bytes: borrowing Span<UInt8>, year: Int, month: Int, day: Int) -> Int? {
        guard let year = number(bytes, year, 4), let month = number(bytes, month, 2), let day = number(bytes, day, 2),
            (1...12).contains(month)
        else { return nil }
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let length =
            switch month {
            case 2: isLeap ? 29 : 28
            case 4, 6, 9, 11: 30
            default: 31
            }
        guard (1...length).contains(day) else { return nil }
        // Years that begin in March have their leap day at the end.
        let years = month > 2 ? year : year - 1
        let months = month > 2 ? month - 3 : month + 9
        let centuries = years >= 0 ? years / 100 : -1
        return years * 365 + (years >= 0 ? years / 4 : -1) - centuries + (years >= 0 ? years / 400 : -1)
            + (153 * months + 2) / 5 + day - 1 - 719_468
    }

    private static func seconds(_ bytes: borrowing Span<UInt8>, hour: Int, minute: Int, second: Int) -> Int? {
        guard let hour = number(bytes, hour, 2), let minute = number(bytes, minute, 2),
            let second = number(bytes, second, 2), hour < 24, minute < 60, second < 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    /// Seconds east of Greenwich, as the rest of the text says.
    private static func offset(_ bytes: borrowing Span<UInt8>, _ place: Int, acceptsShort: Bool) -> Int? {
        guard place < bytes.count else { return nil }
        if bytes[place] == UInt8(ascii: "Z") { return place + 1 == bytes.count ? 0 : nil }
        let isWest = bytes[place] == UInt8(ascii: "-")
        guard isWest || bytes[place] == UInt8(ascii: "+"), let hours = number(bytes, place + 1, 2) else { return nil }
        let hasColon = place + 3 < bytes.count && bytes[place + 3] == UInt8(ascii: ":")
        let end = place + (hasColon ? 6 : 5)
        guard hasColon || acceptsShort, end == bytes.count, let minutes = number(bytes, end - 2, 2), hours < 24,
            minutes < 60
        else { return nil }
        return (isWest ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
