package import Timestamps

/// A moment as a server writes it for one of its users, `2024-04-22T12:34:56.000+0200`: which moment it is, and its digits.
///
/// Rows carry the digits, in the zone that the server shows to the user of the API, as older agents wrote them;
/// moments are compared as such, so that no zone and no change of summer time loses anything.
package struct ServerMoment: Sendable, Equatable {
    /// `YYYY-MM-DD HH:MM:SS`, or `YYYY-MM-DD`.
    package let digits: String
    package let moment: Timestamp

    /// What stands for a date that is none.
    package static let unknownDigits = "1900-01-01 00:00:00"

    package init?(_ text: String?) {
        guard let text, text.utf8.count >= 10 else { return nil }
        if text.utf8.count == 10 {
            guard let date = APIDate("\(text)T00:00:00Z") else { return nil }
            (digits, moment) = (text, date.moment)
            return
        }
        guard text.utf8.count >= 19 else { return nil }
        guard let date = APIDate(text) ?? APIDate(Self.withoutFraction(text)) else { return nil }
        let bytes = Array(text.utf8)
        digits = String(decoding: bytes[..<10] + [0x20] + bytes[11..<19], as: UTF8.self)
        moment = date.moment
    }

    private static func withoutFraction(_ text: String) -> String {
        guard let point = text.firstIndex(of: ".") else { return text }
        return String(text[..<point]) + text[point...].dropFirst().drop { $0.isNumber }
    }

    /// The digits of a date; null or nonsense is the unknown date.
    package static func digits(of text: String?) -> String { ServerMoment(text)?.digits ?? unknownDigits }
}
