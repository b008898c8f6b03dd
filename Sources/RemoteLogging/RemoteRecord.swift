import ControllerAPI
import FoundationEssentials
import Logging
import Timestamps

/// A log record as it leaves the agent: with the names that the reference's records have, and nothing that could be
/// personal or secret.
struct RemoteRecord: Sendable {
    let project: ProjectKey
    private let time: Timestamp
    private let level: LogLevel
    private let message: String

    /// Facts whose texts are names that the controller has anyway, or words of ours. Of all others only numbers go out: the
    /// text of an error may hold what a source said, a name or an address for one.
    static let openFields: Set<String> = [
        "project.key", "source.name", "source.type", "run.id", "run.cause", "run.outcome", "table.name", "error.code",
        "trigger.id",
    ]

    init(_ record: LogRecord, otherwise fallback: ProjectKey) {
        project = Self.project(record) ?? fallback
        time = record.time
        level = record.level
        let facts = record.fields.all.compactMap { field -> String? in
            switch field.value {
            case .text(let text):
                Self.openFields.contains(field.key) && field.key != "project.key"
                    ? "\(field.key)=\(text.withoutAddresses)" : nil
            case .integer(let number): "\(field.key)=\(number)"
            case .decimal(let number): "\(field.key)=\(number)"
            case .boolean(let flag): "\(field.key)=\(flag ? "yes" : "no")"
            }
        }
        message = ([record.message] + facts).joined(separator: "  ")
    }

    init(lost: Int, project: ProjectKey) {
        self.project = project
        time = .now
        level = .warning
        message = "log records were lost  log.lost=\(lost)"
    }

    private static func project(_ record: LogRecord) -> ProjectKey? {
        guard case .text(let text)? = record.fields["project.key"] else { return nil }
        // A text that is no key belongs to no project.
        do { return try ProjectKey(text) } catch { return nil }
    }

    /// As the reference has them; `None` where we have nothing to say is what its own records have.
    private var fields: [(String, String)] {
        let created = "\(time.seconds).\(String(1_000_000 + time.microseconds).dropFirst())"
        return [
            ("name", "agent"), ("msg", message), ("levelname", level.name.uppercased()),
            ("levelno", String((level.rawValue + 1) * 10)), ("created", created),
            ("msecs", String(Double(time.microseconds) / 1000)), ("exc_info", "None"), ("message", message),
            ("asctime", "\(time.local),\(String(1000 + time.microseconds / 1000).dropFirst())"),
        ]
    }

    var form: FormFields { FormFields(fields.map { FormFields.Field($0.0, $0.1) }) }

    /// The same as a JSON object on a line of its own.
    var line: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // A dictionary of texts always has a JSON form.
        let json = (try? encoder.encode(Dictionary(fields) { first, _ in first })) ?? Data("{}".utf8)
        return Array(json) + [UInt8(ascii: "\n")]
    }
}
