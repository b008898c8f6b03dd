import Forges
import Gathering
import HTTP
import QualityMetrics
import REST
import Records
import Tables
import Timestamps

/// One gathering of a SonarQube.
final class SonarGathering {
    private let run: MetricRun
    private let server: SonarServer
    private let scope: SonarSource.Scope
    /// The moment that is asked about: the one in `until`, in local time, or now.
    private var end: Timestamp
    private let isFixed: Bool
    private var components: [Component]?
    private var kinds: [MetricKind]?

    init(_ run: MetricRun, _ server: SonarServer, scope: SonarSource.Scope) throws {
        self.run = run
        self.server = server
        self.scope = scope
        isFixed = run.settings.until != nil
        if let text = run.settings.until {
            guard let moment = Timestamp(local: text) ?? APIDate(text)?.moment else { throw UnusableMoment(text: text) }
            end = moment
        } else {
            end = .end(run.settings.environment.clock.now(), server: nil)
        }
    }

    private struct UnusableMoment: Error, CustomStringConvertible {
        let text: String
        var description: String { "expected a moment such as '2024-06-05 12:00:00', found '\(text)'" }
    }

    private struct MissingComponent: Error, CustomStringConvertible {
        let key: String
        var description: String {
            "the server has no project with the key \(key), or this login may not see it; a key can change"
        }
    }

    func all() async throws {
        try await run.step(.sources) { stream in
            try await sources()
            return revision(.projectSources)
        }
        var found: (names: [MetricName], ledger: TargetLedger)?
        try await run.step(.options) { stream in
            let (names, ledger, cursors) = try await options(stream)
            found = (names, ledger)
            return cursors + revision(.metricOptions) + revision(.metricDefaults)
        }
        // Without them a new metric would seem to be asked for.
        guard !run.failed.contains(.options) else { return }
        try await run.step(.history) { stream in
            try await history(found?.names, found?.ledger ?? TargetLedger(run.trackers), stream)
                + revision(.measurements)
        }
    }

    private func revision(_ file: Trackers.File) -> [SourceReport.Cursor] {
        let settings = run.settings
        return Trackers.Revision(type: "sonar", name: settings.name, url: settings.url, version: end.revisionInZone)
            .cursors(file)
    }

    private func loadComponents() async throws -> [Component] {
        if let components { return components }
        let found = try await server.components(scope)
        if !isFixed { end = .end(end, server: server.date) }
        if case .component(let key) = scope, found.components.isEmpty { throw MissingComponent(key: key) }
        if found.lacking > 0 {
            run.add(
                gap:
                    "\(found.lacking) of the server's projects are beyond what it lists; name the one in question by ?id=KEY"
            )
        }
        components = found.components
        return found.components
    }

    private func loadKinds() async throws -> [MetricKind] {
        if let kinds { return kinds }
        let found = try await server.metrics().filter(\.isOfInterest)
        kinds = found
        return found
    }

    // MARK: Sources

    private static let platforms = ["github": "github", "azure": "tfs", "gitlab": "gitlab"]

    private func sources() async throws {
        var found: [FoundSource] = []
        for component in try await loadComponents() {
            run.activity.advance(by: 1)
            guard let navigation = try await server.navigation(component), let platform = navigation.alm,
                let type = platform.key.flatMap({ Self.platforms[$0] }), let url = platform.url, !url.isEmpty
            else { continue }
            found.append(FoundSource(type: type, name: navigation.name ?? component.key, url: url))
        }
        try run.settings.found(found)
    }

    // MARK: Options

    private func options(
        _ stream: RecordStream
    ) async throws -> ([MetricName], TargetLedger, [SourceReport.Cursor]) {
        let components = try await loadComponents()
        let kinds = try await loadKinds()
        let version = MetricVersion(id: end.revisionInZone, date: end.local)
        var conditions: [String: [GateConditions.Condition]] = [:]
        var targets: [String: [String: String]] = [:]
        for component in components {
            guard let gate = try await server.gate(of: component), gate.isDefault != true else { continue }
            if conditions[gate.name] == nil { conditions[gate.name] = try await server.conditions(of: gate.name) }
            for condition in conditions[gate.name] ?? [] {
                targets[component.key, default: [:]][condition.metric] = condition.error?.text
            }
        }
        var ledger = TargetLedger(run.trackers)
        var names: [MetricName] = []
        for kind in kinds {
            var row = kind.target
            row["version_id"] = version.id
            row["commit_date"] = version.date
            try stream.append(Record(.metricDefaults, TableSchema.metricDefaults.columns.map { row[$0.name] }))
            for component in components {
                var target = row
                target["domain_name"] = component.key
                if let wanted = targets[component.key]?[kind.key] {
                    target["target"] = wanted
                } else {
                    target["default"] = "1"
                }
                let name = MetricName(
                    metric: "\(kind.key)_\(component.key)", base: kind.key, domain: component.key, domainType: "",
                    scale: target["scale"] ?? "count")
                names.append(name)
                try ledger.add(target, of: name.metric, at: version, to: stream)
            }
        }
        let forgotten = forget(names, components, &ledger)
        return (names, ledger, ledger.cursors + names.map(\.cursor) + forgotten)
    }

    /// Forgets the metrics that the server no longer has for components that are still there, and those of components that
    /// are gone where all are listed.
    private func forget(
        _ names: [MetricName], _ components: [Component], _ ledger: inout TargetLedger
    ) -> [SourceReport.Cursor] {
        let there = Set(names.map(\.metric))
        let keys = Set(components.map(\.key))
        var cursors: [SourceReport.Cursor] = []
        for name in MetricName.all(run.trackers) where name.metric == "\(name.base)_\(name.domain)" {
            guard !there.contains(name.metric), keys.contains(name.domain) || scope == .everything else { continue }
            cursors.append(.removing(.metricNames, member: name.metric))
            if ledger[name.metric] != nil { ledger.forget(name.metric) }
            run.add(Tombstone(source: run.settings.name, kind: "metric", id: name.metric))
        }
        return cursors
    }

    // MARK: History

    private func history(
        _ found: [MetricName]?, _ ledger: TargetLedger, _ stream: RecordStream
    ) async throws -> [SourceReport.Cursor] {
        let remembered = MetricName.all(run.trackers).filter { $0.metric == "\($0.base)_\($0.domain)" }
        var byComponent: [String: [MetricName]] = [:]
        for name in found ?? remembered where !name.base.hasPrefix("new_") {
            if case .component(let key) = scope, name.domain != key { continue }
            byComponent[name.domain, default: []].append(name)
        }
        // An analysis bears the moment at which it began, and shows hours later where the server is busy.
        let last = run.trackers.revision(.measurements, of: run.settings.url).flatMap { Timestamp(revision: $0) }
        let start = last.map { $0 + .seconds(-86_400) } ?? Self.epoch
        let known = Set(remembered)
        run.activity.begin("measurements", total: byComponent.count)
        var cursors: [SourceReport.Cursor] = []
        for (component, names) in byComponent.sorted(by: { $0.key < $1.key }) {
            // What is new here is told from its beginning.
            let groups = [
                (names.filter { known.contains($0) }, start), (names.filter { !known.contains($0) }, Self.epoch),
            ]
            for (group, start) in groups where !group.isEmpty {
                for chunk in Self.chunks(group) {
                    cursors += try await measures(component, chunk, start, ledger, stream)
                }
            }
            run.activity.advance(by: 1)
        }
        return cursors
    }

    private static let epoch = Timestamp(seconds: 0)

    /// Portions whose names fit into an address of 2048 characters with all else that is in it.
    private static func chunks(_ names: [MetricName]) -> [[MetricName]] {
        var chunks: [[MetricName]] = [[]]
        var length = 0
        for name in names {
            length += name.base.utf8.count + 3
            if length > 1200 {
                chunks.append([])
                length = name.base.utf8.count + 3
            }
            chunks[chunks.count - 1].append(name)
        }
        return chunks
    }

    private func measures(
        _ component: String, _ names: [MetricName], _ start: Timestamp, _ ledger: TargetLedger, _ stream: RecordStream
    ) async throws -> [SourceReport.Cursor] {
        var names = names
        var cursors: [SourceReport.Cursor] = []
        var answer = try await ask(component, names, start)
        if answer == nil {
            // A metric that went with a plugin, or the whole component.
            let there = Set(try await loadKinds().map(\.key))
            let gone = names.filter { !there.contains($0.base) }
            names.removeAll { !there.contains($0.base) }
            cursors += gone.map { .removing(.metricNames, member: $0.metric) }
            if !gone.isEmpty, !names.isEmpty { answer = try await ask(component, names, start) }
        }
        guard let answer else {
            if !names.isEmpty {
                run.add(note: "the server has no component \(component) any more")
                cursors += names.map { .removing(.metricNames, member: $0.metric) }
            }
            return cursors
        }
        for measure in answer {
            let metric = "\(measure.metric)_\(component)"
            for entry in measure.history ?? [] {
                guard let text = entry.value?.text, let value = Double(text), value.isFinite else { continue }
                try stream.append(
                    Record(
                        .metrics,
                        [
                            metric, measure.metric, component, text, Self.category(value, ledger[metric]),
                            ServerMoment.digits(of: entry.date), nil,
                        ]))
            }
        }
        return cursors
    }

    private func ask(
        _ component: String, _ names: [MetricName], _ start: Timestamp
    ) async throws -> [HistoryAnswer.Measure]? {
        try await server.history(
            component, names.map(\.base), from: start.revisionInZone, to: end.revisionInZone)
    }

    /// How good a value is: `perfect`, `green` where it meets the target, else `red`; `grey` without a target.
    private static func category(_ value: Double, _ target: TargetLedger.Target?) -> String {
        if let perfect = target?["perfect_value"].flatMap(Double.init), value == perfect { return "perfect" }
        guard let wanted = target?["target"].flatMap(Double.init) else { return "grey" }
        return (target?["direction"] == "1" ? value >= wanted : value <= wanted) ? "green" : "red"
    }
}
