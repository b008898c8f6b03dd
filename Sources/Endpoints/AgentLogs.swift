internal import Blocking
internal import ControllerAPI
internal import Files
internal import FoundationEssentials
internal import Timestamps

/// What agents log, in one file for each project: `logs/PROJECT/log.json`, a JSON object a line, with older files beside
/// it once it is large.
package actor AgentLogs {
    private let root: String
    private let executor = QueueExecutor("agent-logs")

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// A file has at most 16 MiB and what one request adds; four are kept of a project.
    private static let sizeLimit = 16 << 20
    private static let kept = 3
    /// Fields of a record, and bytes of one of them.
    private static let fieldLimit = 64
    private static let valueLimit = 8 << 10

    /// - Parameter state: the controller's state directory.
    package init(state: String) { root = "\(state)/logs" }

    /// Adds records, with who sent them and when they came.
    func append(_ records: [[String: String]], agent: AgentKey, project: ProjectKey) throws {
        guard !records.isEmpty else { return }
        let directory = "\(root)/\(project)"
        try Files.makeDirectory(directory, permissions: 0o700)
        let path = "\(directory)/log.json"
        if let size = try Files.status(path)?.size, size >= Self.sizeLimit { try rotate(path) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let received = Timestamp.now.rfc3339
        var lines: [UInt8] = []
        for record in records {
            var clean: [String: String] = ["received_at": received, "agent": agent.text]
            for (name, value) in record.prefix(Self.fieldLimit) where clean[name] == nil {
                clean[Self.clean(name)] = Self.clean(value)
            }
            lines += Array(try encoder.encode(clean)) + [UInt8(ascii: "\n")]
        }
        try Descriptor(path, .append(permissions: 0o600)).write(lines)
    }

    private func rotate(_ path: String) throws {
        for number in stride(from: Self.kept, to: 1, by: -1) where try Files.status("\(path).\(number - 1)") != nil {
            try Files.rename("\(path).\(number - 1)", to: "\(path).\(number)")
        }
        try Files.rename(path, to: "\(path).1")
    }

    /// Bounded, and without what a terminal would obey.
    private static func clean(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(valueLimit).map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control where scalar == "\n" || scalar == "\t": scalar
                    case .control, .format, .surrogate, .privateUse: "?"
                    default: scalar
                    }
                }))
    }
}
