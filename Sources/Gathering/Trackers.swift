import FoundationEssentials
import Tables

/// The update trackers of a project: small files that say how far gathering got, one value per source.
package struct Trackers: Hashable, Sendable {
    package enum File: String, CaseIterable, Sendable {
        /// Repository name to the last version gathered.
        case versions = "latest_vcs_versions.json"
        /// Repository name to a mark of the branches and tags that were told of last. Nobody else understands it.
        case references = "vcs_references.json"
        /// Repository name to the moment up to which reviews and issues are gathered, in local time.
        case gitHub = "github_update.json"
        case gitLab = "gitlab_update.json"
        case azureDevOps = "tfs_update.json"
        /// Registry name to the moment up to which it is gathered, in UTC, and the mark of its definition.
        case registries = "rest_update.json"
        /// The marks of the files that were taken as they are.
        case dropins = "dropins_seen.json"
        /// Source name to the mark of the answers that need not be sent again while they are the same.
        case answers = "answers_seen.json"

        /// The moment up to which the project's issues are gathered, in local time to the minute. A text, not JSON.
        case jira = "jira-updated.txt"

        /// Up to when each quality server was asked for its sources, the project's name there, its targets, its defaults and its measurements.
        case projectSources = "project_sources_update.json"
        case projectMetadata = "project_meta_update.json"
        case metricOptions = "metric_options_update.json"
        case metricDefaults = "metric_defaults_update.json"
        case measurements = "measurements_update.json"
        /// Metric name to what it measures.
        case metricNames = "metric_names.json"
        /// The patterns of the files with seats, an array. Older agents gather nothing while they are the same; here it is only
        /// written.
        case seatFiles = "seats_files.json"
        /// Where measurements of Quality-time begin that no newer tracker says: a moment in UTC. It is only read.
        case oldMeasurements = "quality_time_measurement_date.txt"

        /// How a file holds its values.
        enum Form {
            /// An object of texts.
            case texts
            /// One value as it is, whatever the source.
            case text
            /// An array of texts, whatever the source, kept as its JSON.
            case list
            /// An object of any values, each kept as its JSON.
            case members
            /// `sources`, `versions` and perhaps `targets`; see `Trackers.Revision`.
            case revisions
        }

        var form: Form {
            switch self {
            case .jira, .oldMeasurements: .text
            case .metricNames: .members
            case .seatFiles: .list
            case .projectSources, .projectMetadata, .metricOptions, .metricDefaults, .measurements: .revisions
            default: .texts
            }
        }

        /// Whether the file holds one value, whatever the source.
        var isSingle: Bool { form == .text || form == .list }

        /// Whether it is part of what is delivered. The others stay with the agent.
        package var isExported: Bool { self != .references && self != .answers && self != .dropins }
    }

    /// What is wrong with a tracker file.
    package struct MalformedFile: Error, Equatable, CustomStringConvertible {
        package let file: File

        package var description: String {
            let expected =
                switch file.form {
                case .text: "a date such as 2024-04-22 10:00"
                case .texts: "a JSON object of texts"
                case .list: "a JSON array"
                case .members: "a JSON object"
                case .revisions: "a JSON object with sources and versions"
                }
            return "the update tracker \(file.rawValue) is not usable: expected \(expected)"
        }
        package var advice: String { "Remove the file to gather everything anew." }
    }

    private var values: [File: [String: String]] = [:]

    package init() {}

    /// Whether the file is to be written: those of the platforms only where there is a source of them.
    package func holds(_ file: File) -> Bool { file == .versions || file == .references || values[file] != nil }

    package func value(_ file: File, of source: String) -> String? {
        values[file]?[file.isSingle ? "" : source]
    }

    /// The names of a file's values, in the order of their bytes.
    package func names(_ file: File) -> [String] { (values[file] ?? [:]).keys.sorted() }

    package mutating func set(_ value: String, _ file: File, of source: String) {
        values[file, default: [:]][file.isSingle ? "" : source] = value
    }

    /// Moves a cursor of a source.
    package mutating func move(_ cursor: SourceReport.Cursor, of source: String) {
        let name = cursor.tracker.isSingle ? "" : cursor.member ?? source
        values[cursor.tracker, default: [:]][name] = cursor.isRemoval ? nil : cursor.value
    }

    /// Takes over the content of a tracker file.
    package mutating func load(_ file: File, json: [UInt8]) throws(MalformedFile) {
        switch file.form {
        case .text:
            let text = String(decoding: json.filter { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
            let isDate = text.utf8.count == 16 || (file == .oldMeasurements && text.utf8.count >= 16)
            guard text.isEmpty || isDate else { throw MalformedFile(file: file) }
            values[file] = text.isEmpty ? [:] : ["": text]
        case .list:
            guard JSONMembers.array(json) != nil else { throw MalformedFile(file: file) }
            values[file] = ["": String(decoding: json, as: UTF8.self)]
        case .members:
            guard let members = JSONMembers.object(json) else { throw MalformedFile(file: file) }
            values[file] = Dictionary(members.map { ($0.name, $0.value) }) { $1 }
        case .revisions:
            guard let stored = Revision.stored(json) else { throw MalformedFile(file: file) }
            values[file] = stored
        case .texts:
            do {
                values[file] = try JSONDecoder().decode([String: VersionText].self, from: Data(json)).mapValues(\.text)
            } catch {
                throw MalformedFile(file: file)
            }
        }
    }

    /// All values by the names of their files.
    var stored: [String: [String: String]] {
        Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) })
    }

    init(stored: [String: [String: String]]) {
        for (name, content) in stored {
            if let file = File(rawValue: name) { values[file] = content }
        }
    }

    /// The content of a tracker file: one line, names in the order of their bytes.
    package func json(_ file: File) -> [UInt8] {
        let values = (values[file] ?? [:]).sorted { $0.key < $1.key }
        switch file.form {
        case .text: return Array((values.first?.value ?? "").utf8)
        case .list: return Array((values.first?.value ?? "[]").utf8)
        case .texts: return Array(JSONMembers.line(values.map { ($0.key, JSONMembers.literal($0.value)) }).utf8)
        case .members: return Array(JSONMembers.line(values.map { ($0.key, $0.value) }).utf8)
        case .revisions: return Array(Revision.json(values, hasTargets: file == .metricOptions).utf8)
        }
    }

    /// A value that is a text, or the number that older agents wrote for a Subversion revision.
    private struct VersionText: Decodable {
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
