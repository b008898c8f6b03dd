import Configuration
import Gathering
import HTTP
import JSONValues
import REST
import Records
import RegistryDefinitions
import Tables
import Timestamps

/// One gathering of all lists of a registry.
final class RegistryGathering {
    private let settings: RegistrySettings
    private let session: RegistrySession
    private let stream: RecordStream
    private let since: Timestamp?
    private let activity: SourceActivity
    /// Up to here this gathering tells: the server's clock when it began.
    private var end: Timestamp?
    private var seen: Set<String> = []
    private var gaps: [String] = []

    /// Changes that a server writes down late are asked for again: seconds.
    private static let overlap = 120
    private static let pageLimit = 1_000_000

    init(
        _ settings: RegistrySettings, session: RegistrySession, stream: RecordStream, since: Timestamp?,
        activity: SourceActivity
    ) {
        self.settings = settings
        self.session = session
        self.stream = stream
        self.since = since
        self.activity = activity
    }

    /// - Throws: the first error where nothing could be read.
    func all() async throws -> SourceReport {
        var report = SourceReport()
        var failure: (any Error)?
        var isAnyRead = false
        for resource in settings.definition.resources {
            activity.begin(resource.path, total: nil)
            let from = resource.changedSince == nil ? nil : since
            var coverage = Coverage(source: settings.name, resource: resource.table.name, from: from?.rfc3339)
            do {
                try await read(resource, from: from, &coverage)
                isAnyRead = true
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                try Task.checkCancellation()
                // The other lists can still be read; this one comes whole the next time.
                failure = failure ?? error
                coverage.gaps.append("\(error)")
            }
            coverage.to = end?.rfc3339
            report.coverage.append(coverage)
            report.gaps += coverage.gaps
        }
        if let failure, !isAnyRead { throw failure }
        if report.gaps.isEmpty, let end {
            report.cursors = [.init(.registries, RegistryCursor.text(end, settings.definition))]
        }
        return report
    }

    private func read(
        _ resource: RegistryDefinition.Resource, from: Timestamp?, _ coverage: inout Coverage
    ) async throws {
        var parameters = resource.parameters.map { (name: $0.name, value: $0.value) }
        if let changed = resource.changedSince, let from {
            parameters.append((changed.parameter, changed.comparison + Self.text(from, changed.form)))
        }
        var pager = RegistryPager(resource, parameters: parameters)
        var next: RESTRequest? = pager.start
        while let request = next {
            var asked = request
            // Some servers have no empty page behind the last one.
            if pager.pages > 0, case .page = resource.paging { asked.accepted = [404] }
            let answer = try await session.send(asked)
            if answer.status == 404 { break }
            if end == nil { end = answer.headers["Date"].flatMap { Timestamp(httpDate: $0) } ?? settings.clock.now() }
            let body = try answer.decode(JSONValue.self)
            let records = try records(of: resource, in: body, answer)
            if let total = resource.total.flatMap({ $0.value(in: body).plain }).flatMap({ Int($0) }) {
                coverage.expected = total
            }
            let new = try await write(records, resource, &coverage)
            coverage.count += new
            coverage.pages += 1
            activity.advance(by: new)
            next = pager.next(
                after: answer, body, count: records.count, isNew: new > 0 || records.isEmpty, total: coverage.expected)
            guard coverage.pages < Self.pageLimit else {
                coverage.gaps.append("the list has more than \(Self.pageLimit) pages")
                return
            }
        }
        if let gap = pager.gap { coverage.gaps.append(gap) }
        if let expected = coverage.expected, pager.count < expected {
            coverage.gaps.append("the server has \(expected) records, found \(pager.count)")
        }
    }

    private func records(
        of resource: RegistryDefinition.Resource, in body: JSONValue, _ answer: RESTAnswer
    ) throws -> [JSONValue] {
        let found = resource.records.value(in: body)
        guard let list = found.list else {
            throw RegistryError(
                code: .unexpectedAnswer, subject: answer.subject,
                problem: "expected a list of records at \(resource.records), found \(found.kind)",
                advice: "mend records in \(settings.definition.path)")
        }
        return list
    }

    // MARK: Records

    /// Returns how many of them no page before had.
    private func write(
        _ records: [JSONValue], _ resource: RegistryDefinition.Resource, _ coverage: inout Coverage
    ) async throws -> Int {
        var waiting: [(key: String, record: JSONValue)] = []
        var keyless = 0
        for record in records {
            guard let key = resource.key.value(in: record).plain, !key.isEmpty else {
                keyless += 1
                continue
            }
            guard seen.insert("\(resource.table.name) \(key)").inserted else { continue }
            waiting.append((key, record))
        }
        if keyless > 0 {
            coverage.gaps.append(
                "\(keyless) records of page \(coverage.pages + 1) have nothing at \(resource.key) to identify them by")
        }
        let count = waiting.count
        if let detail = resource.detail { waiting = try await details(waiting, detail, &coverage) }
        for (key, record) in waiting { try append(key, record, resource, &coverage) }
        return count
    }

    /// The records one by one, a few at a time, in their order.
    private func details(
        _ listed: [(key: String, record: JSONValue)], _ path: String, _ coverage: inout Coverage
    ) async throws -> [(key: String, record: JSONValue)] {
        var found: [(key: String, record: JSONValue)] = []
        for start in stride(from: 0, to: listed.count, by: settings.parallelism) {
            let keys = listed[start..<min(start + settings.parallelism, listed.count)].map(\.key)
            let session = session
            let answers = try await withThrowingTaskGroup(of: (Int, JSONValue?).self) { group in
                for (index, key) in keys.enumerated() {
                    var request = RESTRequest(path.replacing("{key}", PercentEncoding.encode(key)))
                    request.accepted = [404, 410]
                    let asked = request
                    group.addTask {
                        let answer = try await session.send(asked)
                        return (index, answer.status >= 400 ? nil : try answer.decode(JSONValue.self))
                    }
                }
                var answers = [JSONValue?](repeating: nil, count: keys.count)
                for try await (index, value) in group { answers[index] = value }
                return answers
            }
            var gone = 0
            for (key, answer) in zip(keys, answers) {
                if let answer { found.append((key, answer)) } else { gone += 1 }
            }
            if gone > 0 {
                coverage.gaps.append("\(gone) records of page \(coverage.pages + 1) are listed but not there")
            }
        }
        return found
    }

    private func append(
        _ key: String, _ record: JSONValue, _ resource: RegistryDefinition.Resource, _ coverage: inout Coverage
    ) throws {
        var values: [String?] = [settings.name, key]
        for (index, field) in resource.fields.enumerated() {
            let value = field.path.value(in: record)
            let text = Self.text(value, field.type)
            if text == nil, !value.isNull {
                let column = resource.table.columns[index + 2].name
                let gap = "\(column): expected \(Self.expectation(field.type)) at \(field.path), found \(value.kind)"
                // Once, however many records are like that.
                if !coverage.gaps.contains(gap) { coverage.gaps.append(gap) }
            }
            values.append(text)
        }
        try stream.append(Record(resource.table, values))
    }

    /// `nil` for what is not of the type.
    static func text(_ value: JSONValue, _ type: TableSchema.ColumnType) -> String? {
        switch type {
        case .text:
            if let list = value.list {
                let texts = list.compactMap { text($0, .text) }
                return texts.count == list.count(where: { !$0.isNull }) ? texts.joined(separator: ", ") : nil
            }
            return value.plain ?? value.flag.map { $0 ? "true" : "false" }
        case .integer: return value.plain.flatMap { Int($0) }.map { String($0) }
        case .decimal: return value.plain.flatMap { Double($0) }.map { String($0) }
        case .boolean:
            if let flag = value.flag { return flag ? "1" : "0" }
            return value.plain.flatMap { ["true": "1", "false": "0", "1": "1", "0": "0"][$0.lowercased()] }
        case .date:
            switch value {
            case .integer(let number):
                return Timestamp(seconds: abs(number) > 100_000_000_000 ? number / 1000 : number).local
            case .text(let text):
                // A day is of no zone.
                if text.utf8.count == 10, APIDate("\(text)T00:00:00Z") != nil { return "\(text) 00:00:00" }
                return APIDate(text)?.moment.local
            default: return nil
            }
        }
    }

    private static func expectation(_ type: TableSchema.ColumnType) -> String {
        switch type {
        case .text: "a text, a number or a list of them"
        case .integer: "a whole number"
        case .decimal: "a number"
        case .boolean: "true or false"
        case .date: "a date"
        }
    }

    /// A moment in the words of a registry.
    static func text(_ moment: Timestamp, _ form: RegistryDefinition.ChangedSince.Form) -> String {
        let start = Timestamp(seconds: moment.seconds - overlap)
        switch form {
        case .rfc3339: return start.rfc3339
        case .datetime: return start.rfc3339.replacing("T", " ").replacing("Z", "")
        case .date: return String(Timestamp(seconds: moment.seconds - 86400).rfc3339.prefix(10))
        case .seconds: return String(start.seconds)
        case .milliseconds: return String(start.seconds * 1000)
        }
    }
}
