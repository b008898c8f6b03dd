import Forges
package import Gathering
package import HTTP
package import QualityMetrics
import REST
package import Tables
import Timestamps

/// What a Quality-time knows about a project: the servers that its metrics come from, their targets and their values.
package struct QualityTimeSource: Source {
    private let settings: MetricSettings
    /// The report that the project has; `nil` for all reports.
    private let report: String?

    /// - Parameter settings: a base whose last part is the UUID of a report means that report.
    package init(_ settings: MetricSettings) throws(HTTPError) {
        var settings = settings
        let parts = settings.base.path.split(separator: "/")
        if let last = parts.last, Self.isReport(last) {
            report = String(last)
            let path = parts.dropLast().map { "/\($0)" }.joined()
            settings.base = try WebAddress("\(settings.base.origin)\(path)/")
        } else {
            report = nil
            settings.base = try WebAddress("\(settings.base.origin)\(settings.base.path)")
        }
        self.settings = settings
    }

    /// Whether a text is a UUID in lower case.
    static func isReport(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index)
                ? byte == UInt8(ascii: "-")
                : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
    }

    package var name: String { settings.name }
    package var tables: [TableSchema] { settings.tables }

    package func gather(_ request: GatheringRequest) async throws -> SourceReport {
        let run = MetricRun(settings, request)
        let gathering = try QualityTimeGathering(run, report: report)
        try await gathering.all()
        return try run.finish()
    }

    /// The project's name at the server, which is the title of the first report or `nil` where there is none, and when it was
    /// asked.
    package func displayName() async throws -> (displayName: String?, revision: Trackers.Revision) {
        let now = Timestamp(seconds: settings.environment.clock.now().seconds).revisionInUTC
        let answer = try await settings.impatient.client().send(
            RESTRequest("api/internal/report/\(report ?? "")", [("report_date", now)]))
        let reports = try answer.decode(ReportsAnswer.self).reports
        return (
            reports.first { report == nil || $0.report_uuid == report }?.title,
            Trackers.Revision(type: "quality-time", name: settings.name, url: settings.url, version: now)
        )
    }

    package func reach(storage: String) async throws -> String? {
        let query = [("report_date", settings.environment.clock.now().revisionInUTC)]
        _ = try await settings.impatient.client().send(RESTRequest("api/internal/report/\(report ?? "")", query))
        return "Quality-time answers"
    }

    /// The server's version; `nil` where it does not say.
    package func version() async throws -> String? {
        struct Answer: Decodable { let version: String? }
        return try await settings.client().send(RESTRequest("api/v3/server")).decode(Answer.self).version
    }
}
