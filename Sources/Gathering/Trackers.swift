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
        /// Source name to the mark of the answers that need not be sent again while they are the same.
        case answers = "answers_seen.json"

        /// The moment up to which the project's issues are gathered, in local time to the minute. A text, not JSON.
        case jira = "jira-updated.txt"

        /// Whether the file holds one value as it is, whatever the source.
        var isText: Bool { self == .jira }

        /// Whether it is part of what is delivered. The others stay with the agent.
        package var isExported: Bool { self != .references && self != .answers }
    }

    /// What is wrong with a tracker file.
    package struct MalformedFile: Error, Equatable, CustomStringConvertible {
        package let file: File

        package var description: String {
            "the update tracker \(file.rawValue) is not usable: expected \(file.isText ? "a date such as 2024-04-22 10:00" : "a JSON object of texts")"
        }
        package var advice: String { "Remove the file to gather everything anew." }
    }

    private var values: [File: [String: String]] = [:]

    package init() {}

    /// Whether the file is to be written: those of the platforms only where there is a source of them.
    package func holds(_ file: File) -> Bool { file == .versions || file == .references || values[file] != nil }

    package func value(_ file: File, of source: String) -> String? {
        values[file]?[file.isText ? "" : source]
    }

    package mutating func set(_ value: String, _ file: File, of source: String) {
        values[file, default: [:]][file.isText ? "" : source] = value
    }

    /// Takes over the content of a tracker file.
    package mutating func load(_ file: File, json: [UInt8]) throws(MalformedFile) {
        if file.isText {
            let text = String(decoding: json.filter { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
            guard text.isEmpty || text.utf8.count == 16 else { throw MalformedFile(file: file) }
            values[file] = text.isEmpty ? [:] : ["": text]
            return
        }
        do {
            values[file] = try JSONDecoder().decode([String: VersionText].self, from: Data(json)).mapValues(\.text)
        } catch {
            throw MalformedFile(file: file)
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
        if file.isText { return Array((values[file]?[""] ?? "").utf8) }
        var output: [UInt8] = [UInt8(ascii: "{")]
        for (index, entry) in (values[file] ?? [:]).sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { output += ", ".utf8 }
            JSONText.append(entry.key, to: &output)
            output += ": ".utf8
            JSONText.append(entry.value, to: &output)
        }
        output.append(UInt8(ascii: "}"))
        return output
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
