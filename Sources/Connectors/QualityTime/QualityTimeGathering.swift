import Forges
import Gathering
import HTTP
import QualityMetrics
import REST
import Records
import Tables
import Timestamps

/// One gathering of a Quality-time.
final class QualityTimeGathering {
    private let run: MetricRun
    private let report: String?
    /// The moment that is asked about: the last one in `until`, in UTC, or now.
    private var end: Timestamp
    private let isFixed: Bool
    private var reports: [Report]?
    private var model: DataModel?

    init(_ run: MetricRun, report: String?) throws {
        self.run = run
        self.report = report
        if let text = run.settings.until {
            guard let moment = APIDate(text) else { throw UnusableMoment(text: text) }
            end = moment.moment
            isFixed = true
        } else {
            end = .end(run.settings.environment.clock.now(), server: nil)
            isFixed = false
        }
    }

    private struct UnusableMoment: Error, CustomStringConvertible {
        let text: String
        var description: String { "expected a moment such as '2024-06-05 12:00:00', found '\(text)'" }
    }

    func all() async throws {
        try await run.step(.sources) { stream in
            try await sources(stream)
            return revision(.projectSources)
        }
        var names: [MetricName]?
        try await run.step(.options) { stream in
            let (found, cursors) = try await options(stream)
            names = found
            return cursors + revision(.metricOptions) + revision(.metricDefaults)
        }
        // Without them a new metric would seem to be asked for.
        guard !run.failed.contains(.options) else { return }
        try await run.step(.history) { stream in try await history(names, stream) + revision(.measurements) }
    }

    private func revision(_ file: Trackers.File) -> [SourceReport.Cursor] {
        let settings = run.settings
        return Trackers.Revision(
            type: "quality-time", name: settings.name, url: settings.url, version: end.revisionInUTC
        ).cursors(file)
    }

    private func start(_ file: Trackers.File) -> Timestamp? {
        run.trackers.revision(file, of: run.settings.url).flatMap { Timestamp(revision: $0) }
    }

    private func ask<Value: Decodable>(_ path: String, _ type: Value.Type) async throws -> Value {
        let query = [("report_date", end.revisionInUTC)]
        return try await run.client.send(RESTRequest("api/internal/\(path)", query)).decode(type)
    }

    private func loadReports() async throws -> [Report] {
        if let reports { return reports }
        let query = [("report_date", end.revisionInUTC)]
        let answer = try await run.client.send(RESTRequest("api/internal/report/\(report ?? "")", query))
        if !isFixed { end = .end(end, server: answer.headers["Date"]) }
        let all = try answer.decode(ReportsAnswer.self).reports
        let found = report.map { report in all.filter { $0.report_uuid == report } } ?? all
        if let report, found.isEmpty { throw MissingReport(report: report) }
        reports = found
        return found
    }

    private struct MissingReport: Error, CustomStringConvertible {
        let report: String
        var description: String { "the server has no report \(report), or it was deleted" }
    }

    private func loadModel() async throws -> DataModel {
        if let model { return model }
        let loaded = try await ask("datamodel", DataModel.self)
        model = loaded
        return loaded
    }

    /// What a subject is called: one without a name by its kind.
    private func name(of subject: Subject, _ id: String) async throws -> String {
        if let name = subject.name { return name }
        guard subject.hasName, let type = subject.type else { return id }
        return try await loadModel().subjects?[type]?.name ?? id
    }

    // MARK: Sources

    private static let types = [
        "gitlab": "gitlab", "azure_devops": "tfs", "sonarqube": "sonar", "jenkins": "jenkins", "jira": "jira",
        "quality_time": "quality-time",
    ]

    private func sources(_ stream: RecordStream) async throws {
        var found: [FoundSource] = []
        var seen: Set<String> = []
        var names: Set<String> = []
        for report in try await loadReports() {
            for (id, subject) in (report.subjects ?? [:]).sorted(by: { $0.key < $1.key }) {
                let name = try await name(of: subject, id)
                guard names.insert(name).inserted else { continue }
                for (_, metric) in (subject.metrics ?? [:]).sorted(by: { $0.key < $1.key }) {
                    for (_, source) in (metric.sources ?? [:]).sorted(by: { $0.key < $1.key }) {
                        guard let type = source.type.flatMap({ Self.types[$0] }),
                            var url = source.parameters?["url"]?.text, !url.isEmpty
                        else { continue }
                        while url.hasSuffix("/") { url.removeLast() }
                        if let project = source.parameters?["project"]?.text { url += "/\(project)" }
                        if let repository = source.parameters?["repository"]?.text { url += "/_git/\(repository)" }
                        let address = type == "sonar" ? "\(url)/" : url
                        if seen.insert(address).inserted { found.append(.init(type: type, name: name, url: address)) }
                        guard let component = source.parameters?["component"]?.text,
                            seen.insert("\(name) \(url) \(component)").inserted
                        else { continue }
                        try stream.append(
                            Record(.sourceIDs, [name, url, component, type, subject.type ?? "software"]))
                    }
                }
            }
        }
        try run.settings.found(found)
    }

    // MARK: Options

    /// A metric of a report with its target.
    private struct Placed {
        let name: MetricName
        let metric: Metric
        let target: TargetLedger.Target
        let report: Report
    }

    private func place() async throws -> [Placed] {
        var placed: [Placed] = []
        for report in try await loadReports() {
            for (id, subject) in (report.subjects ?? [:]).sorted(by: { $0.key < $1.key }) {
                let domain = try await name(of: subject, id)
                for (uuid, metric) in (subject.metrics ?? [:]).sorted(by: { $0.key < $1.key }) {
                    let name = MetricName(
                        metric: uuid, base: metric.type, domain: domain, domainType: subject.type ?? "software",
                        scale: metric.scale ?? "count")
                    placed.append(
                        Placed(
                            name: name, metric: metric, target: try await target(of: metric, name, report),
                            report: report))
                }
            }
        }
        return placed
    }

    private func target(of metric: Metric, _ name: MetricName, _ report: Report) async throws -> TargetLedger.Target {
        let kind = try await loadModel().metrics[metric.type]
        let date = report.timestamp.flatMap { APIDate($0) }?.moment.local
        return [
            "base_name": name.base, "domain_name": name.domain, "domain_type": name.domainType, "scale": name.scale,
            "number_of_sources": "\(metric.sources?.count ?? 0)", "low_target": Self.number(metric.near_target),
            "target": Self.number(metric.target), "debt_target": metric.debt_target?.text ?? "",
            "direction": Direction.sign(metric.direction) ?? Direction.sign(kind?.direction) ?? "-1",
            "comment": metric.comment?.text ?? "", "report_uuid": report.report_uuid,
            "report_date": date ?? "",
        ]
    }

    private static func number(_ value: Scalar?) -> String {
        value?.text.flatMap { $0.isEmpty ? nil : $0 } ?? "0"
    }

    /// The row of a target that is the model's: it says so in place of the values.
    private func shown(_ target: TargetLedger.Target) -> TargetLedger.Target {
        guard let kind = model?.metrics[target["base_name"] ?? ""], target["comment"] == "",
            target["debt_target"] == "",
            target["direction"] == Direction.sign(kind.direction) ?? "-1",
            target["target"] == Self.number(kind.target), target["low_target"] == Self.number(kind.near_target)
        else { return target }
        var row = target
        for column in ["low_target", "target", "debt_target", "direction", "comment"] { row[column] = nil }
        row["default"] = "1"
        return row
    }

    private func options(_ stream: RecordStream) async throws -> ([MetricName], [SourceReport.Cursor]) {
        let start = start(.metricOptions)
        let model = try await loadModel()
        let placed = try await place()
        var ledger = TargetLedger(run.trackers)
        let changed = placed.filter { placed in
            guard let start, let date = placed.report.timestamp.flatMap({ APIDate($0) }) else { return true }
            return date.moment > start
        }
        let client = run.client
        let end = end
        let logs = try await run.each(changed.map(\.name.metric)) { metric in
            try await Self.changes(of: metric, client, since: start, at: end)
        }
        var records: [(version: MetricVersion, metric: String, target: TargetLedger.Target)] = []
        for (placed, log) in zip(changed, logs) {
            var target = placed.target
            for (entry, moment, change) in log {
                target[change.column] = change.new
                let version = MetricVersion(
                    id: moment.revisionInUTC, date: moment.local, developer: change.user, email: entry.email ?? unknown,
                    message: "")
                records.append((version, placed.name.metric, target))
                target[change.column] = change.old
            }
        }
        records.sort { $0.version.id < $1.version.id }
        for record in records {
            try ledger.add(record.target, of: record.metric, at: record.version, to: stream)
        }
        let now = MetricVersion(id: end.revisionInUTC, date: end.local)
        for placed in placed {
            try ledger.add(
                placed.target, of: placed.name.metric, shown: shown(placed.target), at: now, to: stream)
        }
        try write(model, stream)
        let there = Set(placed.map(\.name.metric))
        let reports = Set((self.reports ?? []).map(\.report_uuid))
        var forgotten: [SourceReport.Cursor] = []
        for metric in ledger.metrics where !there.contains(metric) {
            guard let owner = ledger[metric]?["report_uuid"], reports.contains(owner) else { continue }
            ledger.forget(metric)
            forgotten.append(.removing(.metricNames, member: metric))
            run.add(Tombstone(source: run.settings.name, kind: "metric", id: metric))
        }
        let names = placed.map(\.name)
        return (names, ledger.cursors + names.map(\.cursor) + forgotten)
    }

    private typealias Change = (entry: ChangelogAnswer.Entry, moment: Timestamp, change: TargetChange)

    /// The changes of a metric's target after a moment, the newest first. The server tells the newest ones only: more are
    /// asked for where the moment is not among them.
    private static func changes(
        of metric: String, _ client: RESTClient, since start: Timestamp?, at end: Timestamp
    ) async throws -> [Change] {
        var count = 10
        while true {
            let request = RESTRequest(
                "api/internal/changelog/metric/\(metric)/\(count)", [("report_date", end.revisionInUTC)])
            let log = try await client.send(request).decode(ChangelogAnswer.self).changelog
            var changes: [Change] = []
            var isComplete = log.count < count || count >= 10_000
            for entry in log {
                guard let moment = entry.timestamp.flatMap({ APIDate($0) })?.moment else { continue }
                if let start, moment <= start {
                    isComplete = true
                    break
                }
                if let change = entry.delta.flatMap({ TargetChange($0) }) { changes.append((entry, moment, change)) }
            }
            if isComplete { return changes }
            count *= 10
        }
    }

    /// What the model says of each kind of metric.
    private func write(_ model: DataModel, _ stream: RecordStream) throws {
        let date = model.timestamp.flatMap { APIDate($0) }?.moment ?? end
        for (base, kind) in model.metrics.sorted(by: { $0.key < $1.key }) {
            try stream.append(
                Record(
                    .metricDefaults,
                    [
                        base, model.timestamp ?? end.revisionInUTC, date.local, Direction.sign(kind.direction) ?? "-1",
                        kind.target?.text, kind.near_target?.text, nil, kind.default_scale ?? "count",
                    ]))
        }
    }

    // MARK: History

    private func history(_ found: [MetricName]?, _ stream: RecordStream) async throws -> [SourceReport.Cursor] {
        let remembered = MetricName.all(run.trackers).filter { QualityTimeSource.isReport($0.metric) }
        var names = found ?? remembered
        let there = Set(names.map(\.metric))
        // A metric that left its report may have been measured since the last time.
        if found != nil { names += remembered.filter { !there.contains($0.metric) } }
        let legacy = run.trackers.value(.oldMeasurements, of: run.settings.name)
        let start = start(.measurements) ?? legacy.flatMap { APIDate($0)?.moment }
        let client = run.client
        let end = end
        let answers = try await run.each(names.map(\.metric)) { metric -> [Measurement]? in
            var request = RESTRequest("api/internal/measurements/\(metric)", [("report_date", end.revisionInUTC)])
            request.accepted = [404]
            let answer = try await client.send(request)
            return answer.status == 404 ? nil : try answer.decode(MeasurementsAnswer.self).measurements
        }
        var cursors: [SourceReport.Cursor] = []
        // A metric that is new here is told from its beginning.
        let known = Set(remembered.map(\.metric))
        for (name, measurements) in zip(names, answers) {
            guard let measurements else {
                run.add(note: "the server has no metric \(name.metric) any more")
                cursors.append(.removing(.metricNames, member: name.metric))
                continue
            }
            for measurement in measurements {
                guard let last = measurement.end.flatMap({ APIDate($0) })?.moment else { continue }
                if let start, last <= start, known.contains(name.metric) { continue }
                let value = measurement.values[name.scale]
                let text = value?.value?.text ?? "-1"
                guard let number = Double(text), number.isFinite else { continue }
                try stream.append(
                    Record(
                        .metrics,
                        [
                            name.metric, nil, nil, text, value?.status?.text ?? "unknown", last.local,
                            measurement.start.flatMap { APIDate($0) }?.moment.local,
                        ]))
            }
        }
        return cursors
    }
}
