import Glibc

/// How far a place's wall clocks are from UTC, at any moment.
package struct TimeZoneRule: Sendable {
    /// Seconds east of Greenwich at a moment in seconds since 1970.
    package let offset: @Sendable (Int) -> Int

    package init(offset: @escaping @Sendable (Int) -> Int) { self.offset = offset }

    package static let utc = TimeZoneRule { _ in 0 }

    /// The zone of this process: `TZ`, else `/etc/localtime`, else UTC.
    package static let local = TimeZoneRule { seconds in
        var seconds = time_t(seconds)
        var parts = unsafe tm()
        guard unsafe localtime_r(&seconds, &parts) != nil else { return 0 }
        return unsafe parts.tm_gmtoff
    }

    /// The moments at which wall clocks show a time, as seconds since 1970 would have it without any zone.
    ///
    /// A time that comes twice, when clocks are put back, gives its first moment. A time that clocks leave out when they
    /// are put forward gives the moment at which it would have come, so that they show a later time then.
    func moment(ofWall wall: Int) -> Int {
        // No zone changes twice within two days.
        let before = offset(wall - 86400)
        let after = offset(wall + 86400)
        let first = wall - max(before, after)
        let second = wall - min(before, after)
        for moment in [first, second] where moment + offset(moment) == wall { return moment }
        return wall - before
    }
}
