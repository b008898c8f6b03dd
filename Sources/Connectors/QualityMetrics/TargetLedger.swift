package import Gathering
import Records
import Tables

/// A moment at which targets changed.
package struct MetricVersion: Sendable {
    package let id: String
    /// In local time.
    package let date: String
    package var developer: String?
    package var email: String?
    package var message: String?

    package init(id: String, date: String, developer: String? = nil, email: String? = nil, message: String? = nil) {
        self.id = id
        self.date = date
        self.developer = developer
        self.email = email
        self.message = message
    }
}

/// Tells a target only when it is another one than was told last of the same metric.
package struct TargetLedger {
    /// Values of a target by the names of columns.
    package typealias Target = [String: String]

    /// What does not make another target.
    private static let internals: Set = ["report_uuid", "report_date", "version_id", "commit_date"]
    private static let columns = TableSchema.metricTargets.columns.map(\.name) + ["report_uuid", "report_date"]

    private var known: [String: Target]
    private var versions: Set<String> = []
    /// What moves when the targets are told.
    package private(set) var cursors: [SourceReport.Cursor] = []

    package init(_ trackers: Trackers) {
        known = trackers.targets.mapValues { json in
            let members = JSONMembers.object(json.utf8) ?? []
            return members.reduce(into: [:]) { $0[$1.name] = JSONMembers.text($1.value.utf8) }
        }
    }

    /// What was told last of a metric.
    package subscript(metric: String) -> Target? { known[metric] }

    package var metrics: [String] { known.keys.sorted() }

    /// - Parameter shown: how the row shows the target, where that differs.
    package mutating func add(
        _ target: Target, of metric: String, shown: Target? = nil, at version: MetricVersion, to stream: RecordStream
    ) throws {
        if let before = known[metric], Self.essence(before) == Self.essence(target) { return }
        known[metric] = target
        if versions.insert(version.id).inserted {
            try stream.append(
                Record(
                    .metricVersions, [version.id, version.date, version.developer, version.email, version.message]))
        }
        var row = shown ?? target
        row["name"] = metric
        row["revision"] = version.id
        try stream.append(Record(.metricTargets, TableSchema.metricTargets.columns.map { row[$0.name] }))
        let members = Self.columns.compactMap { name in target[name].map { (name, JSONMembers.literal($0)) } }
        cursors.append(.target(metric, JSONMembers.line(members)))
    }

    package mutating func forget(_ metric: String) {
        known[metric] = nil
        cursors.append(.forgettingTarget(metric))
    }

    private static func essence(_ target: Target) -> Target { target.filter { !internals.contains($0.key) } }
}

/// What a metric measures, as `metric_names.json` says it.
package struct MetricName: Hashable, Sendable {
    package let metric: String
    package let base: String
    package let domain: String
    package let domainType: String
    package let scale: String

    package init(metric: String, base: String, domain: String, domainType: String, scale: String) {
        self.metric = metric
        self.base = base
        self.domain = domain
        self.domainType = domainType
        self.scale = scale
    }

    /// Remembers it.
    package var cursor: SourceReport.Cursor {
        let members = [("base_name", base), ("domain_name", domain), ("domain_type", domainType), ("scale", scale)]
        return .init(
            .metricNames, JSONMembers.line(members.map { ($0.0, JSONMembers.literal($0.1)) }), member: metric)
    }

    /// All that are remembered.
    package static func all(_ trackers: Trackers) -> [MetricName] {
        trackers.names(.metricNames).compactMap { metric in
            guard let json = trackers.value(.metricNames, of: metric), let members = JSONMembers.object(json.utf8)
            else { return nil }
            let values = members.reduce(into: [:]) { $0[$1.name] = JSONMembers.text($1.value.utf8) }
            return MetricName(
                metric: metric, base: values["base_name"] ?? "", domain: values["domain_name"] ?? "",
                domainType: values["domain_type"] ?? "", scale: values["scale"] ?? "count")
        }
    }
}
