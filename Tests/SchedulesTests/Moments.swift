import Schedules
import Timestamps

/// Central European time by its rule since 1996: one hour east of Greenwich, two from the last Sunday of March 01:00 UTC
/// to the last Sunday of October 01:00 UTC. The changes of 2026 were looked up in a calendar.
let centralEurope = TimeZoneRule { seconds in
    let summer = moment("2026-03-29T01:00:00Z").seconds..<moment("2026-10-25T01:00:00Z").seconds
    return summer.contains(seconds) ? 7200 : 3600
}

func moment(_ text: String) -> Timestamp {
    guard let moment = Timestamp(rfc3339: text) else { preconditionFailure("no moment: \(text)") }
    return moment
}

func schedule(_ text: String) -> Schedule {
    guard let schedule = Schedule(text) else { preconditionFailure("no schedule: \(text)") }
    return schedule
}

/// What a run of a schedule looks like in a table: the local time with its offset, e.g. `03-29 03:30 +02`.
func local(_ moment: Timestamp, _ zone: TimeZoneRule = centralEurope) -> String {
    let offset = zone.offset(moment.seconds)
    let text = Timestamp(seconds: moment.seconds + offset).rfc3339
    let time = text.dropFirst(5).dropLast(4).split(separator: "T").joined(separator: " ")
    return "\(time) +0\(offset / 3600)"
}
