import Glibc

extension Timestamp {
    /// Reads RFC 3339 with any offset and up to nine digits of fraction, of which six are kept:
    /// `2026-11-21T03:43:32Z`, `2026-11-21T04:43:32.000120+01:00`. `nil` for anything else, days that do not exist and
    /// leap seconds included.
    package init?(rfc3339 text: String) {
        var rest = Array(text.utf8)[...]
        guard let year = Self.number(4, &rest), Self.take("-", &rest), let month = Self.number(2, &rest),
            Self.take("-", &rest), let day = Self.number(2, &rest), Self.take("T", &rest),
            let hour = Self.number(2, &rest), Self.take(":", &rest), let minute = Self.number(2, &rest),
            Self.take(":", &rest), let second = Self.number(2, &rest), let fraction = Self.fraction(&rest),
            let offset = Self.offset(&rest), rest.isEmpty
        else { return nil }
        self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second, fraction, offset)
    }

    /// Reads the compact form of ISO 8601 in UTC, which fits into file names: `20261121T034332Z`.
    package init?(compact text: String) {
        var rest = Array(text.utf8)[...]
        guard let year = Self.number(4, &rest), let month = Self.number(2, &rest), let day = Self.number(2, &rest),
            Self.take("T", &rest), let hour = Self.number(2, &rest), let minute = Self.number(2, &rest),
            let second = Self.number(2, &rest), Self.take("Z", &rest), rest.isEmpty
        else { return nil }
        self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second, 0, 0)
    }

    /// The compact form of ISO 8601 in UTC, without fraction: `20261121T034332Z`.
    package var compact: String { rfc3339.filter { $0 != "-" && $0 != ":" } }

    private init?(
        year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, _ microseconds: Int, _ offset: Int
    ) {
        guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60 else { return nil }
        var parts = unsafe tm()
        unsafe parts.tm_year = Int32(year - 1900)
        unsafe parts.tm_mon = Int32(month - 1)
        unsafe parts.tm_mday = Int32(day)
        let midnight = unsafe timegm(&parts)
        // The C library turns 30 February into 2 March.
        guard unsafe parts.tm_mday == day else { return nil }
        self.init(seconds: midnight + hour * 3600 + minute * 60 + second - offset, microseconds: microseconds)
    }

    private static func take(_ character: Unicode.Scalar, _ text: inout ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: character) else { return false }
        text.removeFirst()
        return true
    }

    private static func number(_ count: Int, _ text: inout ArraySlice<UInt8>) -> Int? {
        let digits = text.prefix(count)
        guard digits.count == count, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        text.removeFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Microseconds; 0 where there is no fraction.
    private static func fraction(_ text: inout ArraySlice<UInt8>) -> Int? {
        guard take(".", &text) else { return 0 }
        var digits: [Int] = []
        while let digit = number(1, &text) { digits.append(digit) }
        guard (1...9).contains(digits.count) else { return nil }
        return (digits + Array(repeating: 0, count: 6)).prefix(6).reduce(0) { $0 * 10 + $1 }
    }

    /// Seconds east of Greenwich.
    private static func offset(_ text: inout ArraySlice<UInt8>) -> Int? {
        if take("Z", &text) { return 0 }
        let isWest = take("-", &text)
        guard isWest || take("+", &text), let hours = number(2, &text), take(":", &text),
            let minutes = number(2, &text),
            hours < 24, minutes < 60
        else { return nil }
        return (isWest ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
