import REST
package import Timestamps

extension Timestamp {
    /// `2024-06-05T12:00:00+00:00`, with microseconds where there are some.
    package var revisionInUTC: String {
        (microseconds == 0 ? rfc3339 : rfc3339WithMicroseconds).dropLast() + "+00:00"
    }

    /// `2024-06-05T14:00:00+0200`, in the zone of the process.
    package var revisionInZone: String {
        let text = localWithOffset
        return text.prefix(19) + text.suffix(6).filter { $0 != ":" }
    }

    /// Reads a revision of either form.
    package init?(revision text: String) {
        guard let date = APIDate(text) else { return nil }
        self = date.moment
    }

    /// The moment up to which a server is to be asked: our clock or the server's, whichever is behind, so that nothing falls
    /// between two gatherings.
    package static func end(_ ours: Timestamp, server: String?) -> Timestamp {
        let now = Timestamp(seconds: ours.seconds)
        return server.flatMap { Timestamp(httpDate: $0) }.map { min($0, now) } ?? now
    }
}
