import FoundationEssentials

/// Finds the sprint in which something happened. Bounds belong to the sprint; where sprints overlap, the one
/// that started last wins.
package struct SprintCalendar: Sendable {
    private struct Sprint: Sendable {
        let id: String
        let start: String
        let end: String
    }

    /// In the order of their starts; dates in the form of the table files, which sort as text.
    private let sprints: [Sprint]

    /// A project without sprint data.
    package static let empty = SprintCalendar(sprints: [])

    private init(sprints: [Sprint]) { self.sprints = sprints }

    /// Reads the content of `data_sprint.json`; sprints without both dates are left out.
    package init(json: [UInt8]) throws {
        let entries = try JSONDecoder().decode([Entry].self, from: Data(json))
        sprints = entries.compactMap { entry in
            guard let start = entry.start_date, let end = entry.end_date, Self.isDate(start), Self.isDate(end) else {
                return nil
            }
            return Sprint(id: entry.id.text, start: start, end: end)
        }.sorted { $0.start < $1.start }
    }

    /// - Parameter date: a moment in the form of the table files.
    /// - Returns: the sprint's id, or `0`.
    package func sprint(at date: String) -> String {
        // Sprints that started later than the date stand behind `place`.
        var (place, upper) = (0, sprints.count)
        while place < upper {
            let middle = (place + upper) / 2
            if sprints[middle].start <= date { place = middle + 1 } else { upper = middle }
        }
        return sprints[..<place].last { date <= $0.end }?.id ?? "0"
    }

    private static func isDate(_ text: String) -> Bool {
        let shape = text.utf8.map { (0x30...0x39).contains($0) ? UInt8(ascii: "9") : $0 }
        return shape.elementsEqual("9999-99-99 99:99:99".utf8)
    }

    /// The members of `data_sprint.json` that matter here, as they are spelled there.
    private struct Entry: Decodable {
        let id: Identifier
        let start_date: String?
        let end_date: String?
    }

    private struct Identifier: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            do {
                text = try container.decode(String.self)
            } catch DecodingError.typeMismatch {
                text = String(try container.decode(Int.self))
            }
        }
    }
}
