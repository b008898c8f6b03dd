package import Timestamps

/// A moment as APIs write it: RFC 3339, with a zone or, on some servers, without one.
package struct APIDate: Decodable, Hashable, Sendable {
    package let moment: Timestamp

    package init(_ moment: Timestamp) { self.moment = moment }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let moment = Self.parse(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a date of RFC 3339")
        }
        self.moment = moment
    }

    /// `nil` for what is no date.
    package init?(_ text: String) {
        guard let moment = Self.parse(text) else { return nil }
        self.moment = moment
    }

    private static func parse(_ text: String) -> Timestamp? {
        if let moment = Timestamp(iso8601: text) { return moment }
        // `2024-03-02 10:00:00 UTC` and `…+0100` of older servers; without a zone it is UTC, which APIs mean.
        var form = text.replacing(" UTC", with: "Z").replacing(" +", with: "+").replacing(" -", with: "-")
        if let blank = form.firstIndex(of: " ") { form.replaceSubrange(blank...blank, with: "T") }
        let time = form.drop { $0 != "T" }
        if let sign = time.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let zone = form[sign...]
            if zone.count == 5 { form.insert(":", at: form.index(sign, offsetBy: 3)) }
        } else if !form.hasSuffix("Z") {
            form += "Z"
        }
        return Timestamp(rfc3339: form)
    }
}

extension APIDate? {
    /// In the agent's zone; that of what has no date is the moment before everything, as older agents wrote it.
    package var local: String { self?.moment.local ?? "1900-01-01 01:01:01" }
}

/// Something in an answer that counts only by being there.
package struct Ignored: Decodable, Sendable {
    package init(from decoder: any Decoder) {}
}
