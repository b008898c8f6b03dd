import Glibc

extension Timestamp {
    /// Reads the form of the table files and trackers, in the local time of the process: `2026-11-21 04:43:32`.
    ///
    /// Of a time that comes twice, at the end of summer time, the earlier moment counts. `nil` for anything else.
    package init?(local text: String) {
        let parts = text.split { $0 == "-" || $0 == " " || $0 == ":" }
        let numbers = parts.compactMap { Int32($0) }
        guard text.utf8.count == 19, parts.count == 6, numbers.count == 6 else { return nil }
        var found: [Int] = []
        for summer: Int32 in [1, 0, -1] {
            var fields = unsafe tm()
            unsafe fields.tm_year = numbers[0] - 1900
            unsafe fields.tm_mon = numbers[1] - 1
            unsafe fields.tm_mday = numbers[2]
            unsafe fields.tm_hour = numbers[3]
            unsafe fields.tm_min = numbers[4]
            unsafe fields.tm_sec = numbers[5]
            unsafe fields.tm_isdst = summer
            let seconds = unsafe mktime(&fields)
            if Timestamp(seconds: seconds).local == text { found.append(seconds) }
        }
        guard let earliest = found.min() else { return nil }
        self.init(seconds: earliest)
    }
}
