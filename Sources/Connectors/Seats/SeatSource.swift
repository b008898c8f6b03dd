import Archives
import Blocking
import Cryptography
import Files
package import Gathering
import Glibc
import Records
package import Tables

/// What the configuration says about the seats of one project.
package struct SeatSettings: Sendable {
    package var plan: SeatPlan
    package var project: String
    /// What patterns of files are relative to.
    package var directory: String
    /// Patterns as a shell has them; their files in the order of their names.
    package var patterns: [String]

    package init(plan: SeatPlan, project: String, directory: String, patterns: [String]) {
        self.plan = plan
        self.project = project
        self.directory = directory
        self.patterns = patterns
    }
}

/// How many seats a project has in each month, from forecasts in spreadsheets.
package struct SeatSource: Source {
    private let settings: SeatSettings

    package init(_ settings: SeatSettings) { self.settings = settings }

    package var name: String { "seats" }
    package var tables: [TableSchema] { [.seat] }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        request.activity.begin("seats", total: nil)
        let settings = settings
        let paths = settings.patterns.flatMap { Self.files($0, below: settings.directory) }
        guard !paths.isEmpty else { throw NoFiles(patterns: settings.patterns) }
        var count = SeatCount(settings.plan)
        var report = SourceReport()
        for path in paths {
            let whole = path.hasPrefix("/") ? path : "\(settings.directory)/\(path)"
            do {
                let sheet = try await blocking { _ in
                    try Workbook(Files.read(whole, limit: 64 << 20), path: path).cells(of: settings.plan.sheet)
                }
                count.add(sheet, forecast: settings.plan.forecast(of: path))
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                report.gaps.append("\(error)")
            }
        }
        let stream = try request.output.stream(piece: 0)
        for (month, seats) in count.months(of: settings.project) {
            try stream.append(Record(.seat, [month, String(seats)]))
        }
        try request.output.finish(stream, piece: 0)
        let patterns = settings.patterns.map(JSONMembers.literal).joined(separator: ", ")
        report.cursors = [.init(.seatFiles, "[\(patterns)]")]
        for name in count.unknownNames { report.notes.append("no project is known for the team in row \(name)") }
        return report
    }

    /// Whether there are files, and the last of them, whose numbers win, can be read.
    package func reach(storage: String) async throws -> String? {
        let settings = settings
        let paths = settings.patterns.flatMap { Self.files($0, below: settings.directory) }
        guard let last = paths.last else { throw NoFiles(patterns: settings.patterns) }
        let whole = last.hasPrefix("/") ? last : "\(settings.directory)/\(last)"
        _ = try await blocking { _ in
            try Workbook(Files.read(whole, limit: 64 << 20), path: last).cells(of: settings.plan.sheet)
        }
        return "\(paths.count) spreadsheet\(paths.count == 1 ? "" : "s"), and the last can be read"
    }

    /// The files that a pattern means, by their names.
    private static func files(_ pattern: String, below directory: String) -> [String] {
        let whole = pattern.hasPrefix("/") ? pattern : "\(directory)/\(pattern)"
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob(whole, 0, nil, &found) == 0 else { return [] }
        return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
            unsafe found.gl_pathv[index].map { path in
                let text = unsafe String(cString: path)
                return pattern.hasPrefix("/") ? text : String(text.dropFirst(directory.count + 1))
            }
        }
    }

    private struct NoFiles: Error, CustomStringConvertible {
        let patterns: [String]
        var description: String { "SEATS_FILES: expected files like \(patterns.joined(separator: " ")), found none" }
    }
}
