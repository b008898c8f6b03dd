import Blocking
import Files
package import Gathering
import Records
package import Tables

/// What the configuration says about the reservations of one project.
package struct TopdeskSettings: Sendable {
    /// The file that somebody dumped.
    package var path: String
    package var project: String
    package var filter: ReservationFilter
    /// The header of each column, by our names.
    package var headers: [String: String]

    package init(path: String, project: String, filter: ReservationFilter, headers: [String: String]) {
        self.path = path
        self.project = project
        self.filter = filter
        self.headers = headers
    }
}

/// The reservations of rooms in a dump of Topdesk that belong to one project.
package struct TopdeskSource: Source {
    private let settings: TopdeskSettings

    package init(_ settings: TopdeskSettings) { self.settings = settings }

    package var name: String { "topdesk" }
    package var tables: [TableSchema] { [.reservation] }

    /// Our names of the columns that a dump must have.
    package static let columns = [
        "reservation_id", "requester", "number_of_people", "description", "start_date", "end_date", "prepare_date",
        "close_date", "project_pass",
    ]

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        request.activity.begin("reservations", total: nil)
        let path = settings.path
        let content = try await blocking { _ in try Files.read(path, limit: 256 << 20) }
        let lines = CommaSeparated.read(content)
        var report = SourceReport()
        let stream = try request.output.stream(piece: 0)
        let header = lines.first ?? []
        let places = try places(header)
        var short = 0
        for line in lines.dropFirst() {
            func value(_ column: String) -> String {
                places[column].flatMap { line.indices.contains($0) ? line[$0] : nil } ?? ""
            }
            guard line.count >= header.count else {
                short += 1
                continue
            }
            let (requester, description) = (value("requester"), value("description"))
            guard
                settings.filter.belongs(
                    to: settings.project, requester: requester, description: description, pass: value("project_pass"))
            else { continue }
            let dates = ["start_date", "end_date", "prepare_date", "close_date"].map { Self.date(value($0)) }
            try stream.append(
                Record(
                    .reservation,
                    [
                        value("reservation_id"), requester.isEmpty ? unknown : requester, value("number_of_people"),
                        description,
                    ]
                        + dates))
        }
        try request.output.finish(stream, piece: 0)
        if short > 0 { report.gaps.append("\(short) lines of \(path) have fewer values than its header") }
        return report
    }

    /// Whether the dump can be read and has the columns.
    package func reach(storage: String) async throws -> String? {
        let path = settings.path
        let content = try await blocking { _ in try Files.read(path, limit: 256 << 20) }
        // As long as no header is: the rest need not be taken apart.
        _ = try places(CommaSeparated.read(Array(content.prefix(64 << 10))).first ?? [])
        return "\(path) has the columns"
    }

    /// Where each column stands.
    private func places(_ header: [String]) throws -> [String: Int] {
        var places: [String: Int] = [:]
        for column in Self.columns {
            guard let name = settings.headers[column], let place = header.firstIndex(of: name) else {
                throw MissingColumn(path: settings.path, column: column)
            }
            places[column] = place
        }
        return places
    }

    /// `2024-04-22 10:00` with seconds; what is no date is unknown.
    private static func date(_ text: String) -> String {
        let shape = String(decoding: text.utf8.map { (0x30...0x39).contains($0) ? 0x39 : $0 }, as: UTF8.self)
        switch shape {
        case "9999-99-99 99:99": return "\(text):00"
        case "9999-99-99 99:99:99": return text
        default: return unknown
        }
    }

    private struct MissingColumn: Error, CustomStringConvertible {
        let path: String
        let column: String
        var description: String {
            "\(path): expected the column for \(column), found none; mend \(column) in [names] of topdesk.cfg"
        }
    }
}
